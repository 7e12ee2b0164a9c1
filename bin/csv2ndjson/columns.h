/*
 * Which columns go out, in which order and under which names: what the command line wants
 * (wanted.h), given the header.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "names.h"
#include "reader.h"
#include "wanted.h"

struct column {
	const char *name;
	size_t field;   /* of the record, from 0 */
	bool literal;   /* to be emitted as JSON */
	struct buf key; /* what stands before the value: {"name": or ,"name": */
};

struct columns {
	struct names header;
	uint64_t blank; /* records before the header */
	size_t count;
	struct column *all;
};

/*
 * Takes the header from -H or else from the first record that rd has, and applies the choice
 * to it; blank records before the header are skipped. A choice asks only for its own columns:
 * the others may lack a name or share one. What the header does not allow is EX_DATAERR, named
 * in messages by where.
 */
void columns_open(
    struct columns *c, const struct wanted *w, struct reader *rd, const char *where);

void columns_close(struct columns *c);

#endif
