/*
 * Which key of a record goes to which column. The first record decides: its keys choose the
 * columns. A key that is no column is ignored when it begins with _ or when asked to.
 */
#ifndef MAPPING_H
#define MAPPING_H

#include "ndjson.h"
#include "table.h"

enum { MAPPING_IGNORED = -1, MAPPING_UNEXPECTED = -2 };

struct mapping {
	const struct table *table;
	const struct column *columns[NDJSON_MEMBERS_MAX]; /* as COPY gets them */
	bool is_key[NDJSON_MEMBERS_MAX];
	size_t count;
	enum value_format format; /* binary if we know every column's type */
	bool ignore_unknown;
	size_t slot_count;
	struct {
		char *key;
		int column; /* or MAPPING_IGNORED */
	} slots[NDJSON_MEMBERS_MAX];
};

/* Ends the program with EX_DATAERR, naming the keys, where a key has no place to go. */
struct mapping *mapping_open(
    const struct table *t, const struct ndjson_record *first, bool ignore_unknown);

/* Ends the program with EX_USAGE unless -k's "a,b" are columns of the table, each once. */
void mapping_check_keys(const struct table *t, const char *list);

/* Marks the columns of -k, a list that was checked. Not in the records: EX_DATAERR. */
void mapping_set_keys(struct mapping *m, const char *list);

/* The place among columns of member i, called key; MAPPING_IGNORED or MAPPING_UNEXPECTED. */
int mapping_find(const struct mapping *m, const char *key, size_t i);

void mapping_close(struct mapping *m);

#endif
