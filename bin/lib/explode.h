/*
 * The explode-* filters: NDJSON records with a list in one column go in, one record for each
 * element of the list comes out. A filter is a table of which keys of an element it wants;
 * its main is one call of explode_main.
 *
 * In:  an object with movie_id, or else id, and the column: null, a list as JSON, or a string
 *      that holds a literal, Python's or JSON (see literal.h).
 * Out: movie_id as it stood, the keys in the table's order, then the record's keys that begin
 *      with _. Keys of an element that the table does not know are left out; of a key twice
 *      in one element the last counts.
 *
 * A record is taken or rejected whole. Memory is that of the longest record and of what it
 * becomes, EXPLODE_OUTPUT_MAX bytes at most; nothing is allocated per record.
 */
#ifndef EXPLODE_H
#define EXPLODE_H

#include <stdbool.h>
#include <stddef.h>

enum { EXPLODE_KEYS_MAX = 16, EXPLODE_OUTPUT_MAX = 64 << 20 };

enum explode_kind { EXPLODE_INTEGER, EXPLODE_STRING };

enum explode_need {
	EXPLODE_OPTIONAL, /* may be missing, which gives null, or be null */
	EXPLODE_REQUIRED, /* must be there, may be null */
	EXPLODE_KEY       /* must be there and not be null */
};

struct explode_key {
	const char *from, *to; /* its name in an element, and in the output */
	enum explode_kind kind;
	enum explode_need need;
};

struct explode_table {
	const char *purpose; /* for -h: one line */
	const char *column;
	bool single; /* the column holds one element, not a list of them */
	const struct explode_key *keys;
	size_t count; /* at most EXPLODE_KEYS_MAX */
};

/* The whole of a filter. Returns its exit status. */
int explode_main(const struct explode_table *table, int argc, char **argv);

#endif
