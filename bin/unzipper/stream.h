/*
 * An archive from a pipe, read by its local headers. Every member is unpacked and checked,
 * wanted or not, because that is how the next one is found; all that was seen is then held
 * against the central directory. The input is read to its end.
 */
#ifndef STREAM_H
#define STREAM_H

#include "catalog.h"
#include "in.h"

struct work;

/* Reads the archive; the catalog, which must be empty, comes back sealed and proven. */
void stream_read(struct in *in, struct catalog *c, struct work *w);

#endif
