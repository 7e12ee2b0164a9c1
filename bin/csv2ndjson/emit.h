/*
 * Records as NDJSON on standard output: strings in the columns' order, null for what is
 * empty, JSON for the columns that hold literals, then what is wanted of _record, _line and
 * _raw. Lines are gathered and handed on in blocks; what goes wrong in a record leaves nothing
 * of it behind.
 */
#ifndef EMIT_H
#define EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "ndjson.h"
#include "record.h"

struct emit {
	const struct columns *columns;
	bool provenance, raw;
	size_t block; /* bytes that are handed on together */
	struct ndjson_out *out;
	struct buf lines, reason;
	uint64_t waiting; /* records in lines */
};

/* eager: each record is handed on at once. */
void emit_open(struct emit *e, const struct columns *c, bool provenance, bool raw, bool eager);

/*
 * raw: the record's bytes, valid UTF-8 without NUL. NULL, or the code of a reject, reason (a C
 * string) then saying why: bad-literal, or too-large for a line of NDJSON.
 */
const char *emit_record(struct emit *e, const struct record *r, const char *raw);

/* Hands on what is waiting; only then are out's count and digest those of all records. */
void emit_flush(struct emit *e);

/* Flushes and closes, with the trailer if it is wanted. */
void emit_close(struct emit *e, bool trailer);

#endif
