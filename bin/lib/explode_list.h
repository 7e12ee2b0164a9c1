/*
 * One column of one record: its literal goes in, a line of NDJSON for each element comes out.
 */
#ifndef EXPLODE_LIST_H
#define EXPLODE_LIST_H

#include <stdint.h>

#include "buf.h"
#include "explode.h"

struct explode_list;

/* What became of a literal; its pointers live until the next one is read. */
struct explode_result {
	const char *lines; /* whole lines */
	size_t len;
	uint64_t count;            /* of lines; 0 if the list is empty or null */
	const char *code, *reason; /* why the record is to be rejected, or NULL */
};

struct explode_list *explode_list_new(const struct explode_table *table);

/*
 * Reads a literal. Each line begins with head, an object up to its first value, and ends with
 * tail, further members of it, each with its comma in front. column is for reasons.
 * Codes: bad-literal, not-a-list, not-a-dict, missing-key, null-key, wrong-type, nul,
 * too-large.
 */
struct explode_result explode_list_read(struct explode_list *l, const char *column,
    const char *text, size_t len, const struct buf *head, const struct buf *tail);

void explode_list_free(struct explode_list *l);

#endif
