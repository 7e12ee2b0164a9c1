/*
 * The members of one archive, as far as they are known. Names are checked when they come in,
 * so that nothing later meets one that could leave a folder or hide from a reader. Memory is
 * bounded by two limits, past which an archive is refused.
 */
#ifndef CATALOG_H
#define CATALOG_H

#include <stddef.h>

#include "zip.h"

enum { CATALOG_MEMBERS_MAX = 1 << 18, CATALOG_NAMES_MAX = 16 << 20 };

/* All-zero: empty. The struct is open to read. */
struct catalog {
	struct zip_entry *entries; /* in the order of their coming */
	size_t count, cap, name_bytes;
	struct zip_entry **by_name; /* sorted; after catalog_seal */
	bool odd_count;             /* the end record miscounts the members of its disk */
};

/* Copies e with its name. What is returned moves when the next one is added; its name stays.
 */
struct zip_entry *catalog_add(struct catalog *c, const struct zip_entry *e);

/* No more will be added: sorts, and ends the program if a name stands there twice. */
void catalog_seal(struct catalog *c);

/* The member of that name, or NULL. Needs a sealed catalog. */
struct zip_entry *catalog_find(const struct catalog *c, const char *name);

void catalog_free(struct catalog *c);

#endif
