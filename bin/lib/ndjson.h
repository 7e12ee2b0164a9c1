/*
 * Streams of NDJSON: one JSON object a line, UTF-8, LF, read with cJSON.
 *
 * A stream may close with a trailer, {"_end":{"records":N}}. The reader holds it against the
 * records that it saw; a disagreement, or a record behind a trailer, ends the program with
 * EX_IOERR, for a part of the stream is missing. So does a last line without its LF that
 * cannot be parsed. A byte order mark in front and blank lines are skipped. Both ends keep a
 * digest (XXH3, 64 bits) of the record lines with their LF, so that writer and reader
 * can be compared.
 *
 * A line is at most NDJSON_LINE_MAX bytes, an object at most 256 members, nesting at most
 * 1,000 levels (cJSON's limit). Memory is that of the longest line and of what cJSON makes of
 * it (64 bytes for each value, with its key and text), at most ARENA_MAX bytes (arena.h). No
 * allocation is made per record.
 */
#ifndef NDJSON_H
#define NDJSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reject.h"

enum { NDJSON_LINE_MAX = 64 << 20, NDJSON_MEMBERS_MAX = 256 };

/* A record, and all that it points to, lives until the next one is read. */
struct ndjson_record {
	const char *line; /* the line without its LF */
	size_t len;
	uint64_t offset;                          /* of the line in the stream, from 0 */
	uint64_t number;                          /* of the record in the stream, from 1 */
	uint64_t line_number;                     /* of the line, blank ones counted, from 1 */
	const cJSON *object;                      /* NULL when there is none */
	const cJSON *members[NDJSON_MEMBERS_MAX]; /* in the order of the line */
	size_t count;
	struct ndjson_text {
		const char *start;
		size_t len;
	} texts[NDJSON_MEMBERS_MAX]; /* their values as they stand in the line */
	bool flat;     /* no escape in it, nothing nested: strings stand there as they mean */
	uint64_t keys; /* records with the same number have the same keys in the same order */
	const char *code, *reason; /* why it is no record; NULL when it is one */
};

struct ndjson_in;

/* Opens a reader of fd, called name in messages. filtered: fewer records than the trailer
 * says are let pass. */
struct ndjson_in *ndjson_in_open(int fd, const char *name, bool filtered);

/*
 * Where the rest of a line that is too long is to go, in notes of the code too-long-more, when
 * the next record is read. Without a log it is dropped.
 */
void ndjson_in_set_notes(struct ndjson_in *in, struct reject_log *notes);

/* Watches fd while the input is waited for: see in_watch. */
void ndjson_in_watch(struct ndjson_in *in, int fd, void (*look)(void *arg), void *arg);

/*
 * Reads the next record into r; false at the end of the stream. A line that is no JSON object
 * is returned as well, with a code, and is not to be looked into: bad-utf8, bad-json,
 * not-object, nul (an escaped one, which no C string and no PostgreSQL text can hold),
 * too-long (the first NDJSON_LINE_MAX bytes of it), too-large (for memory), too-many-keys,
 * duplicate-key.
 */
bool ndjson_in_next(struct ndjson_in *in, struct ndjson_record *r);

/* The text of member i's value as it stands in the line: numbers keep all their digits. */
static inline void
ndjson_raw_value(const struct ndjson_record *r, size_t i, const char **start, size_t *len)
{
	*start = r->texts[i].start;
	*len = r->texts[i].len;
}

/* A reject of this record: position taken from its _record and _line, raw from its line. */
struct reject ndjson_reject(
    const struct ndjson_record *r, const char *code, const char *reason);

/* After the end: was there a trailer, how many records and bytes were read, their digest. */
bool ndjson_in_has_trailer(const struct ndjson_in *in);
uint64_t ndjson_in_count(const struct ndjson_in *in);
uint64_t ndjson_in_bytes(const struct ndjson_in *in);
uint64_t ndjson_in_digest(struct ndjson_in *in);

void ndjson_in_close(struct ndjson_in *in);

struct ndjson_out;

/* A writer to standard output. eager: what is put is written at once. */
struct ndjson_out *ndjson_out_open(bool eager);

/* Writes lines (whole, each with its LF) that hold `records` records. */
void ndjson_out_put(struct ndjson_out *o, const char *lines, size_t len, uint64_t records);

/* Writes the trailer for what was put. */
void ndjson_out_trailer(struct ndjson_out *o);

uint64_t ndjson_out_count(const struct ndjson_out *o);
uint64_t ndjson_out_digest(const struct ndjson_out *o);

/* Flushes (checked) and frees. */
void ndjson_out_close(struct ndjson_out *o);

#endif
