/* A text of several lines as one: what libpq and the server say goes into one-line messages.
 */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>

/* Runs of line breaks, tabs and blanks become one blank. Lives until the next call. */
const char *line_flat(const char *text);
const char *line_flat_n(const char *text, size_t len);

#endif
