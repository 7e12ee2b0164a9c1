/*
 * The reject file: one NDJSON object for each rejected record, with its bytes:
 *
 *   {"tool","member","record","line","offset","length","code","reason","raw"}
 *
 * record and line count from 1, offset (of the first byte, in this tool's input) from 0;
 * length is in bytes. raw_base64 (RFC 4648) stands in the place of raw where the bytes are not
 * UTF-8 or hold a NUL. raw has at most the first REJECT_KEPT bytes of a record. One program
 * keeps 64 MiB in all, but always the first 256 bytes of each record. length is that of the
 * whole record. If raw is shorter, the reason ends with the number of bytes that are kept and
 * the XXH3 (128 bits) of all bytes. Lines are appended whole, so several filters may share one
 * file.
 */
#ifndef REJECT_H
#define REJECT_H

#include <stddef.h>
#include <stdint.h>

enum { REJECT_KEPT = 1 << 20 };

struct reject {
	uint64_t record, line, offset, length;
	const char *code;   /* a stable slug, listed in the tool's page */
	const char *reason; /* for a person: valid UTF-8 */
	const char *raw;
	size_t raw_len;
};

struct reject_log;

/*
 * Opens the log. Without a path there is no file: the first reject is fatal. More than max
 * rejects are fatal too. member may be NULL.
 */
struct reject_log *reject_open(const char *path, const char *member, uint64_t max);

/* Turns a record away: counted; ends the program with EX_DATAERR when that is one too many. */
void reject_add(struct reject_log *log, const struct reject *r);

/*
 * The same for a record that comes in pieces: the first is in the reject, whose length does
 * not count. The reject's other fields must be the same in reject_end.
 */
void reject_begin(struct reject_log *log, const struct reject *first);
void reject_more(struct reject_log *log, const char *raw, size_t n);
void reject_end(struct reject_log *log, const struct reject *r);

/* Writes a remark of the same form, if there is a file: neither counted nor fatal. */
void reject_note(struct reject_log *log, const struct reject *r);

uint64_t reject_count(const struct reject_log *log);

/* Closes (checked) and frees. */
void reject_close(struct reject_log *log);

#endif
