/*
 * The bytes that come in. If a trailer is demanded (trailer.h), the stream's doubled NULs are
 * made single; a stream that ends without its trailer, or whose trailer disagrees with the
 * data, ends the program with EX_IOERR. If none is demanded, the bytes are data as they come;
 * a trailer behind them is wrong use: EX_USAGE. Positions are offsets in the data, from 0,
 * because the window moves.
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
	uint64_t single;  /* demand: before it, NULs are single; behind it, as they came */
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
