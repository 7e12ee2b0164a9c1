/*
 * The escapes in a string of a literal: see literal.h for which are read.
 */
#ifndef LITERAL_ESCAPE_H
#define LITERAL_ESCAPE_H

#include "buf.h"

/*
 * Decodes the escape whose backslash is at **p (not the last byte before end), in a string
 * that opened with quote, appends what it stands for to out and moves *p behind it. An unknown
 * one gives its backslash only, and what follows is left to be read as plain bytes. Returns
 * NULL, or why it is wrong.
 */
const char *literal_escape(const char **p, const char *end, char quote, struct buf *out);

#endif
