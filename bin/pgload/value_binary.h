/*
 * COPY's binary format: numbers are big-endian, a row is the count of its fields (16 bits) and
 * then each field's length (32 bits, -1 for null) and bytes. Source: the PostgreSQL manual,
 * "COPY", section "Binary Format"; what a type's bytes are, its receive function in
 * src/backend/utils/adt.
 */
#ifndef VALUE_BINARY_H
#define VALUE_BINARY_H

#include "buf.h"

/* Appends the lowest `bytes` bytes of n, the highest of them first. */
static inline void
binary_put(struct buf *b, uint64_t n, size_t bytes)
{
	size_t i;

	buf_reserve(b, bytes);
	for (i = bytes; i-- > 0; n >>= 8)
		b->data[b->len + i] = (char)(unsigned char)n;
	b->len += bytes;
}

/* What stands before the first row and behind the last. */
void binary_put_head(struct buf *b);
void binary_put_end(struct buf *b);

#endif
