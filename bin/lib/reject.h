/*
 * The reject file: one NDJSON object for each record that was turned away, with the bytes
 * that were in it, so that nothing is lost:
 *
 *   {"tool","member","record","line","offset","length","code","reason","raw"}
 *
 * record and line count from 1, offset (of the first byte, in this tool's input) from 0;
 * length is in bytes. raw_base64 (RFC 4648) stands in the place of raw where the bytes are not
 * UTF-8 or hold a NUL. Lines are appended whole, so several filters may share one file.
 */
#ifndef REJECT_H
#define REJECT_H

#include <stddef.h>
#include <stdint.h>

struct reject {
	uint64_t record, line, offset, length;
	const char *code;   /* a stable slug, listed in the tool's page */
	const char *reason; /* for a person: valid UTF-8 */
	const char *raw;
	size_t raw_len; /* differs from length only where raw is a piece */
};

struct reject_log;

/*
 * Opens the log. Without a path there is no file: the first reject is fatal. More than max
 * rejects are fatal too. member may be NULL.
 */
struct reject_log *reject_open(const char *path, const char *member, uint64_t max);

/* Turns a record away: counted; ends the program with EX_DATAERR when that is one too many. */
void reject_add(struct reject_log *log, const struct reject *r);

/* Writes a remark of the same form, if there is a file: neither counted nor fatal. */
void reject_note(struct reject_log *log, const struct reject *r);

uint64_t reject_count(const struct reject_log *log);

/* Closes (checked) and frees. */
void reject_close(struct reject_log *log);

#endif
