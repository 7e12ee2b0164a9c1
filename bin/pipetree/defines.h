/*
 * The names that -D gives values to: NAME=VALUE; or NAME+=VALUE, which adds a value to a list.
 * NAME is letters, digits and underscores.
 */
#ifndef DEFINES_H
#define DEFINES_H

#include <stdbool.h>
#include <stddef.h>

struct defines;

struct defines *defines_new(void);

/*
 * Adds "NAME=VALUE", which replaces an earlier one, or "NAME+=VALUE". Wrong use if it is
 * neither, or if NAME would be both. The text must stay.
 */
void defines_add(struct defines *d, const char *text);

/* The value of name[0..n), or NULL. */
const char *defines_find(const struct defines *d, const char *name, size_t n);

/* Value number i, from 0, of the list name[0..n), or NULL. */
const char *defines_element(const struct defines *d, const char *name, size_t n, size_t i);

/* Whether name[0..n) could be a name. */
bool defines_is_name(const char *name, size_t n);

void defines_free(struct defines *d);

#endif
