/*
 * Lists of column names.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum { NAMES_MAX = 4096 }; /* in one list */

struct names {
	char **all;
	size_t count, room;
};

void names_add(struct names *n, const char *text, size_t len);

/* Adds those of a comma-separated list. */
void names_split(struct names *n, const char *list);

/* The index of a name; count if it is not there. */
size_t names_find(const struct names *n, const char *name);

/* True if a name is empty, twice there or not UTF-8, or there are too many; why says which. */
bool names_faulty(const struct names *n, char *why, size_t size);

void names_free(struct names *n);

#endif
