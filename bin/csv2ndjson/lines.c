/* Physical lines: see lines.h. */
#include "lines.h"

#include <string.h>

/* Where byte c is next, at or behind from; what is visible ends there if it is not seen yet.
 */
static uint64_t
next(const struct source *s, struct mark *m, uint64_t from, char c)
{
	const char *p, *hit;

	if (from < m->low || from > m->at)
		*m = (struct mark){.low = from, .at = from};
	if (m->found || m->at == s->visible)
		return m->at;
	p = source_at(s, m->at);
	hit = memchr(p, c, (size_t)(s->visible - m->at));
	m->at = hit ? m->at + (uint64_t)(hit - p) : s->visible;
	m->found = hit != NULL;
	return m->at;
}

/* The length of the line end at this offset; 0 if the byte that decides it is not there. */
static size_t
end_length(const struct source *s, uint64_t at)
{
	if (*source_at(s, at) == '\n')
		return 1;
	if (at + 1 < s->visible)
		return *source_at(s, at + 1) == '\n' ? 2 : 1;
	return s->ended ? 1 : 0;
}

enum line_found
lines_find(struct lines *l, uint64_t from, size_t limit, struct line *line)
{
	const struct source *s = l->source;
	uint64_t lf, cr, stop;

	*line = (struct line){.start = from};
	for (;;) {
		lf = next(s, &l->lf, from, '\n');
		cr = next(s, &l->cr, from, '\r');
		stop = lf < cr ? lf : cr;
		line->len = (size_t)(stop - from);
		if (line->len > limit) {
			line->len = limit;
			return LINE_LONG;
		}
		if (stop < s->visible)
			line->end = end_length(s, stop);
		if (line->end > 0)
			return LINE_WHOLE;
		if (s->ended)
			return line->len > 0 ? LINE_WHOLE : LINE_NONE;
		source_more(l->source);
	}
}
