/*
 * A seekable archive, read through its central directory. Every local header and data
 * descriptor is held against it, and the members must lie end to end, from the first byte of
 * the file to the directory: nothing overlaps, nothing hides in between.
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "catalog.h"
#include "in.h"

/* Reads and checks all but the members' data. The catalog must be empty; it comes sealed. */
void directory_read(struct in *in, struct catalog *c);

#endif
