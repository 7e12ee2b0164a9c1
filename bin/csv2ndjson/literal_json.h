/*
 * A literal, Python's or JSON (see literal.h), as JSON. A key that begins with _ is refused:
 * jq can make records of the elements of a list, and such a record could pass for a trailer,
 * or for one from another line.
 */
#ifndef LITERAL_JSON_H
#define LITERAL_JSON_H

#include "literal.h"

/* Appends the value as JSON without blanks; when it cannot, out is left as it was. */
bool literal_to_json(const char *text, size_t len, struct buf *out, struct literal_error *err);

#endif
