/*
 * COPY's binary format: numbers are big-endian, a row is the count of its fields (16 bits) and
 * then each field's length (32 bits, -1 for null) and bytes. Source: the PostgreSQL manual,
 * "COPY", section "Binary Format"; what a type's bytes are, its receive function in
 * src/backend/utils/adt.
 */
#ifndef VALUE_BINARY_H
#define VALUE_BINARY_H

#include "buf.h"

enum { BINARY_LENGTH = 4 }; /* bytes of a field's length */

/* Appends the lowest `bytes` bytes of n, at most 8, the highest of them first. */
static inline void
binary_put(struct buf *b, uint64_t n, size_t bytes)
{
	const unsigned char all[] = {(unsigned char)(n >> 56), (unsigned char)(n >> 48),
	    (unsigned char)(n >> 40), (unsigned char)(n >> 32), (unsigned char)(n >> 24),
	    (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};

	buf_put(b, all + sizeof all - bytes, bytes);
}

/* Appends a field that is a whole number of so many bytes. */
static inline void
binary_put_whole(struct buf *b, int64_t n, size_t bytes)
{
	binary_put(b, bytes, BINARY_LENGTH);
	binary_put(b, (uint64_t)n, bytes);
}

/* What stands before the first row and behind the last. */
void binary_put_head(struct buf *b);
void binary_put_end(struct buf *b);

#endif
