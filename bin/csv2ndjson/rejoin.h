/*
 * Putting a record together again that an unquoted line break has torn in two: k and m fields,
 * where a whole one has k + m - 1. A break in the first or the last field cannot be told from
 * a record that lacks one, so neither half may have as few or as many as that.
 */
#ifndef REJOIN_H
#define REJOIN_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

/* Whether this can be the first half of a record of `whole` fields. */
bool rejoin_begins(const struct record *r, size_t whole);

/* Whether the record that follows the first half is its second, and both within max bytes. */
bool rejoin_fits(
    const struct record *first, const struct record *second, size_t whole, size_t max);

/* Makes one of both; gap is the line end between them, which the torn field keeps. */
void rejoin_join(struct record *joined, const struct record *first,
    const struct record *second, const char *gap);

#endif
