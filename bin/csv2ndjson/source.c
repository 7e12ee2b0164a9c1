/* The bytes that come in: see source.h. */
#include "source.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <stdlib.h>

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

/* The data are data[0..bytes) if the trailer speaks the truth. */
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
	uint64_t all = s->in.offset + in_size(&s->in), bytes;
	size_t held = (size_t)(all - s->visible), len;
	uint32_t crc;

	len = trailer_find(source_at(s, s->visible), held, &bytes, &crc);
	if (len == 0 && s->demand)
		msg_die(EX_IOERR, "%s: stream ended without its trailer", s->in.name);
	show(s, all - len);
	if (len > 0)
		verify(s, bytes, crc);
	s->ended = true;
}

void
source_more(struct source *s)
{
	uint64_t before = s->visible, all;

	while (!s->ended && s->visible == before) {
		if (in_fill(&s->in)) {
			all = s->in.offset + in_size(&s->in);
			show(s, all > TRAILER_MAX ? all - TRAILER_MAX : 0);
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
