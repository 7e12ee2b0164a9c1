/*
 * Records out of a sliding window (in.h) over an archive. The window is large enough for
 * every record of a zip; what the archive is too short for ends the program by fault().
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "in.h"

/* Holds the largest record, a central entry with its three 64 KiB fields. */
enum { WINDOW_MAX = 1 << 18 };

/* Are there n more bytes? Reads until they are in the window. */
bool window_has(struct in *in, size_t n);

/* The next n bytes, not consumed. what: in which record, for the message about truncation. */
const unsigned char *window_need(struct in *in, size_t n, const char *what);

/* The next four bytes as a number, not consumed. */
uint32_t window_signature(struct in *in);

/* Goes to a byte of a seekable archive. */
void window_seek(struct in *in, uint64_t offset);

#endif
