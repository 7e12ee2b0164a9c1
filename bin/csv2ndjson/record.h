/*
 * Records of CSV, read with libcsv in its strict mode: one physical line after the other,
 * until libcsv says that a record is complete. What cannot be a record (malformed quoting,
 * quotes that are never closed, more than the longest size) costs one physical line: reading
 * resumes at the next. Memory is that of the longest record.
 */
#ifndef RECORD_H
#define RECORD_H

#include <csv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "lines.h"

enum record_kind {
	RECORD_FIELDS,
	RECORD_BLANK, /* nothing but separators */
	RECORD_BAD    /* code and reason say why; the bytes are its first physical line's */
};

struct field {
	size_t start, len; /* in the record's text */
};

struct record {
	enum record_kind kind;
	uint64_t number; /* set by whoever counts */
	uint64_t line;   /* 1 + the LFs before its first byte */
	uint64_t offset; /* of its first byte */
	size_t len, end; /* its bytes without the last line end; the bytes of that */
	const char *code;
	char reason[80];
	bool longer; /* only the first piece of a line: record_rest has the others */

	size_t count; /* fields found; of them, the first `room` are kept */
	size_t room;
	struct field *fields;
	struct buf text;
};

struct reader {
	struct source *source;
	struct lines lines;
	struct csv_parser csv;
	size_t max; /* bytes of a record, without its line end */
	char delimiter;
	uint64_t at, line; /* where the next record starts */
	bool complete;     /* libcsv has seen the end of the record */
};

/* Starts behind a byte order mark, if there is one. */
void reader_open(struct reader *rd, struct source *s, size_t max, char delimiter);

/* Reads the next record; false at the end of the data. */
bool reader_next(struct reader *rd, struct record *r);

/* After a record with `longer` set: the next piece of that line; false when it was the last.
 */
bool reader_rest(struct reader *rd, struct record *r);

void reader_close(struct reader *rd);

/* Room for the first fields of a record. */
void record_open(struct record *r, size_t room);

/* Adds a field; those past the room are only counted. */
void record_add(struct record *r, const void *text, size_t len);

void record_close(struct record *r);

#endif
