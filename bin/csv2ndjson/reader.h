/*
 * Records of CSV, read with libcsv in its strict mode: one physical line after the other,
 * until libcsv says that a record is complete. What cannot be a record (malformed quoting,
 * quotes that are never closed, more than the longest size) costs one physical line: reading
 * resumes at the next. Memory is that of the longest record.
 */
#ifndef READER_H
#define READER_H

#include <csv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lines.h"
#include "record.h"

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

#endif
