/*
 * The bytes that come in, with a trailer of unzipper kept apart. The last TRAILER_MAX bytes
 * are held back until the end of the stream is seen, which shows whether they are data. Of a
 * stream that ends without the trailer that was demanded, or whose trailer disagrees with
 * what arrived, nothing that was held back becomes data: EX_IOERR. Positions are offsets in
 * the stream, from 0, because the window moves.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "in.h"

struct source {
	struct in in;
	uint64_t visible; /* behind the last byte that may be looked at */
	bool ended;       /* visible is the end of the data */
	bool demand;
	unsigned long crc;
};

/* hold: how many bytes may be kept in sight at once. Takes fd over. */
void source_open(struct source *s, int fd, const char *name, size_t hold, bool demand);

/* Waits until more is visible or the end is known. */
void source_more(struct source *s);

/* Where the byte at this offset, not yet released, is until source_more moves it. */
static inline const char *
source_at(const struct source *s, uint64_t offset)
{
	return s->in.data + s->in.start + (size_t)(offset - s->in.offset);
}

/* What is before this offset is not needed any more. */
static inline void
source_release(struct source *s, uint64_t offset)
{
	in_consume(&s->in, (size_t)(offset - s->in.offset));
}

void source_close(struct source *s);

#endif
