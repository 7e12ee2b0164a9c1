/*
 * JSON as we write it (RFC 8259): no blanks, UTF-8 as it is, the short escapes where there is
 * one, \u00XX for the other control characters, as jq prints it.
 */
#ifndef JSON_H
#define JSON_H

#include "buf.h"

/* Appends s[0..n), which must be valid UTF-8, as a JSON string with its quotes. */
void json_put_string(struct buf *b, const char *s, size_t n);

/* The same for a C string; NULL becomes null. */
void json_put_text(struct buf *b, const char *s);

#endif
