/*
 * Physical lines, which end in LF, CR or CRLF, or with the data. The search for their ends is
 * linear in the data, whichever kinds it holds or lacks, also when a reader goes back to a
 * line that it has seen.
 */
#ifndef LINES_H
#define LINES_H

#include <stdint.h>

#include "source.h"

/* No byte of its kind is in [low, at); there is one at `at`, or it is not known yet. */
struct mark {
	uint64_t low, at;
	bool found;
};

struct lines {
	struct source *source;
	struct mark lf, cr;
};

struct line {
	uint64_t start;
	size_t len; /* without its end */
	size_t end; /* bytes of the line end, 0 to 2 */
};

enum line_found {
	LINE_WHOLE,
	LINE_LONG, /* over the limit: len is the limit, end is 0 */
	LINE_NONE  /* no byte is left */
};

/* Finds the line that starts at from, waiting for it as needed. */
enum line_found lines_find(struct lines *l, uint64_t from, size_t limit, struct line *line);

/* Where the next one starts. */
static inline uint64_t
line_next(const struct line *line)
{
	return line->start + line->len + line->end;
}

/* Whether it ends in LF or CRLF: those are the lines that sed counts. */
static inline bool
line_has_lf(const struct source *s, const struct line *line)
{
	return line->end > 0 && *source_at(s, line_next(line) - 1) == '\n';
}

#endif
