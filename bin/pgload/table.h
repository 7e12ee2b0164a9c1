/*
 * The table to load, as the catalog has it: its safely quoted name and its columns. Of a
 * domain the base type counts; what else it asks for, the server checks.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "db.h"
#include "value.h"

struct column {
	char *name, *quoted; /* as keys write it, as SQL does */
	char *type_name;
	struct value_type_info type;
	bool not_null;
	bool computed; /* generated, or an identity that is always the server's */
};

struct table {
	char *quoted;  /* schema and name */
	char *display; /* for messages */
	bool ordinary; /* not partitioned, no view, no foreign table */
	struct column *columns;
	size_t count;
};

/* Reads what is known of the table that SQL calls name. None: EX_USAGE. */
struct table *table_read(struct db *db, const char *name);

/* The column called so, or NULL. */
const struct column *table_column(const struct table *t, const char *name);

void table_free(struct table *t);

#endif
