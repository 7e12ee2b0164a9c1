/*
 * Which columns go out, in which order and under which names: what the command line says (-H,
 * -c, -j), and what that means for a given header.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "names.h"
#include "record.h"

/* What the command line says; lists that are empty were not given. */
struct wanted {
	struct names header;          /* -H */
	struct names outputs, inputs; /* -c: outputs[i] is made from inputs[i] */
	struct names literals;        /* -j: names of outputs */
};

struct column {
	const char *name;
	size_t field;   /* of the record, from 0 */
	bool literal;   /* to be emitted as JSON */
	struct buf key; /* what stands before the value: {"name": or ,"name": */
};

struct columns {
	struct names header;
	size_t count;
	struct column *all;
};

/* Reads the options' arguments; NULL where one was not given. Wrong ones are EX_USAGE. */
void wanted_open(struct wanted *w, const char *header, const char *choice, const char *json);

void wanted_close(struct wanted *w);

/*
 * Takes the header from -H or else from the first record that rd has, and applies the choice
 * to it. What the header does not allow is EX_DATAERR, named in messages by where.
 */
void columns_open(
    struct columns *c, const struct wanted *w, struct reader *rd, const char *where);

void columns_close(struct columns *c);

#endif
