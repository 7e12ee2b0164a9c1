/* The bytes that come in: see source.h. */
#include "source.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"
#include "trailer.h"

/* in.c wants room for a block of its own; this is ample for it and for what is held back. */
enum { SLACK = 1 << 18 };

void
source_open(struct source *s, int fd, const char *name, size_t hold, bool demand)
{
	*s = (struct source){.demand = demand, .crc = libdeflate_crc32(0, NULL, 0)};
	in_open(&s->in, fd, name, hold + SLACK);
}

/* Lets the bytes up to end be seen. */
static void
show(struct source *s, uint64_t end)
{
	if (end <= s->visible)
		return;
	s->crc =
	    libdeflate_crc32(s->crc, source_at(s, s->visible), (size_t)(end - s->visible));
	s->visible = end;
}

/* Where the window ends: an offset, as all positions. */
static uint64_t
window_end(const struct source *s)
{
	return s->in.offset + in_size(&s->in);
}

/*
 * Makes the doubled NULs behind `single` single, in place, up to a NUL that is alone: the
 * beginning of the trailer, or a NUL whose twin has not come yet.
 */
static void
undouble(struct source *s)
{
	char *first = s->in.data + s->in.start + (size_t)(s->single - s->in.offset);
	char *from = first, *to = first, *end = s->in.data + s->in.end, *nul;
	size_t len;

	while ((nul = memchr(from, '\0', (size_t)(end - from))) != NULL) {
		len = (size_t)(nul - from);
		if (nul + 1 == end || nul[1] != '\0')
			break;
		memmove(to, from, len + 1);
		to += len + 1;
		from = nul + 2;
	}
	len = (size_t)((nul ? nul : end) - from);
	s->single += (uint64_t)(to - first) + len;
	if (to != from) {
		memmove(to, from, (size_t)(end - from));
		s->in.end -= (size_t)(from - to);
	}
	if (window_end(s) - s->single > TRAILER_MAX)
		msg_die(EX_IOERR,
		    "%s: a NUL stands alone at byte %" PRIu64
		    " of the data: not the output of unzipper -e, or damaged",
		    s->in.name, s->single);
}

/* The trailer was found behind all the data: does it tell the truth? */
static void
verify(const struct source *s, uint64_t bytes, uint32_t crc)
{
	if (s->visible != bytes)
		msg_die(EX_IOERR, "%s: trailer says %" PRIu64 " bytes, %" PRIu64 " arrived",
		    s->in.name, bytes, s->visible);
	if (s->crc != crc)
		msg_die(EX_IOERR,
		    "%s: trailer says CRC-32 %08" PRIx32 ", the bytes have %08lx", s->in.name,
		    crc, s->crc);
}

static void
end(struct source *s)
{
	size_t held = (size_t)(window_end(s) - s->visible), len;
	uint64_t bytes;
	uint32_t crc;

	len = trailer_find(source_at(s, s->visible), held, &bytes, &crc);
	if (s->demand && (len == 0 || len != held))
		msg_die(EX_IOERR, "%s: stream ended without its trailer", s->in.name);
	if (s->demand)
		verify(s, bytes, crc);
	else if (len > 0)
		msg_die(
		    EX_USAGE, "%s: ends with a trailer of unzipper -e: add -E", s->in.name);
	else
		show(s, window_end(s));
	s->ended = true;
}

/* Up to where nothing can be part of a trailer, which begins with a NUL. */
static uint64_t
plain_end(const struct source *s)
{
	uint64_t all = window_end(s), from = all > TRAILER_MAX ? all - TRAILER_MAX : 0;
	const char *nul;

	if (from < s->visible)
		from = s->visible;
	nul = memchr(source_at(s, from), '\0', (size_t)(all - from));
	return nul == NULL ? all : from + (uint64_t)(nul - source_at(s, from));
}

void
source_more(struct source *s)
{
	uint64_t before = s->visible;

	while (!s->ended && s->visible == before) {
		if (in_fill(&s->in)) {
			if (s->demand)
				undouble(s);
			show(s, s->demand ? s->single : plain_end(s));
		} else if (s->in.eof) {
			end(s);
		} else {
			abort(); /* somebody looks farther than it said it would */
		}
	}
}

void
source_close(struct source *s)
{
	in_close(&s->in);
}
