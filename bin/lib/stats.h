/*
 * The counts of one run of a filter, one flat JSON object, appended to the file of -S as one
 * line: {"tool":"csv2ndjson","member":"links.csv","in":45843,"out":45843,...}. They let
 * whoever composes filters check that what one sent the next received.
 */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>

#include "buf.h"

/* Begins the object in b (cleared first). member may be NULL. */
void stats_begin(struct buf *b, const char *member);

void stats_count(struct buf *b, const char *name, uint64_t value);

/* A 64-bit digest, as 16 hexadecimal digits in a string. */
void stats_digest(struct buf *b, const char *name, uint64_t value);

/* A CRC-32, as 8 hexadecimal digits in a string. */
void stats_crc32(struct buf *b, const char *name, uint32_t value);

/* Ends the object and appends it to the file; path NULL: nowhere. Checked. */
void stats_append(struct buf *b, const char *path);

#endif
