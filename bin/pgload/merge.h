/*
 * -k: the rows go to a temporary table first and are merged into the target from there, by
 * key. Of rows with equal keys the last counts; rows that say nothing new are not touched.
 */
#ifndef MERGE_H
#define MERGE_H

#include <stdint.h>

#include "buf.h"
#include "db.h"
#include "mapping.h"

struct merge_counts {
	uint64_t inserted, updated, unchanged, superseded;
};

/* The place of the rows' numbers, and of the rows until they are merged. */
#define MERGE_TABLE "pg_temp.pgload_rows"
#define MERGE_NUMBER "\"pgload number\""

/* Makes the temporary table; it goes with the transaction. */
void merge_begin(struct db *db, const struct mapping *m);

/* Merges its rows, `rows` of them, while nobody else writes to the target. The counts add up
 * to them; if a trigger keeps them from it: EX_DATAERR. */
struct merge_counts merge_end(struct db *db, const struct mapping *m, uint64_t rows);

/* Appends `prefix`column, ... for the mapping's columns. */
void merge_put_columns(struct buf *b, const struct mapping *m, const char *prefix);

#endif
