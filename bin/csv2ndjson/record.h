/*
 * A record of CSV: where it stands in the input, and its fields, or why it cannot be read.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

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
	bool longer; /* only the first piece of a line: reader_rest has the others */

	size_t count; /* fields found; of them, the first `room` are kept */
	size_t room;
	struct field *fields;
	struct buf text;
};

/* Room for the first fields of a record. */
void record_open(struct record *r, size_t room);

/* Adds a field; those past the room are only counted. */
void record_add(struct record *r, const void *text, size_t len);

void record_close(struct record *r);

#endif
