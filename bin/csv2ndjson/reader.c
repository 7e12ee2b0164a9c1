/* Reading records with libcsv: see reader.h. */
#include "reader.h"

#include <stdio.h>
#include <string.h>

#include "msg.h"

/* By how much libcsv's buffer for a field grows; its own 128 make a large field quadratic. */
enum { GROWTH = 1 << 16 };

struct sink {
	struct reader *reader;
	struct record *record;
};

static void
on_field(void *text, size_t len, void *context)
{
	record_add(((struct sink *)context)->record, text, len);
}

static void
on_record(int c, void *context)
{
	(void)c;
	((struct sink *)context)->reader->complete = true;
}

/* Blanks belong to the field that they are in. */
static int
never_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void
skip_mark(struct reader *rd)
{
	while (!rd->source->ended && rd->source->visible < 3)
		source_more(rd->source);
	if (rd->source->visible >= 3 &&
	    memcmp(source_at(rd->source, 0), "\xef\xbb\xbf", 3) == 0)
		rd->at = 3;
}

void
reader_open(struct reader *rd, struct source *s, size_t max, char delimiter)
{
	*rd = (struct reader){.source = s, .max = max, .delimiter = delimiter, .line = 1};
	rd->lines.source = s;
	if (csv_init(&rd->csv, CSV_STRICT) != 0)
		msg_die(EX_IOERR, "memory: libcsv");
	csv_set_space_func(&rd->csv, never_space);
	csv_set_delim(&rd->csv, (unsigned char)delimiter);
	csv_set_blk_size(&rd->csv, GROWTH);
	skip_mark(rd);
}

/* Gives libcsv n bytes; returns how many it took, fewer where the quoting is malformed. */
static size_t
feed(struct reader *rd, struct record *r, const char *p, size_t n)
{
	struct sink sink = {rd, r};
	size_t taken = csv_parse(&rd->csv, p, n, on_field, on_record, &sink);

	if (taken < n && csv_error(&rd->csv) != CSV_EPARSE)
		msg_die(EX_IOERR, "memory: %s", csv_strerror(csv_error(&rd->csv)));
	return taken;
}

/* The record has all its bytes: up to the end of this line, with so many LFs. */
static void
finish(struct reader *rd, struct record *r, const struct line *last, uint64_t lfs)
{
	r->len = (size_t)(last->start + last->len - r->offset);
	r->end = last->end;
	rd->at = line_next(last);
	rd->line += lfs;
}

/* The first line is turned away; libcsv forgets what it has seen of the record. */
static void
spoil(struct reader *rd, struct record *r, const struct line *first, const char *code)
{
	csv_fini(&rd->csv, NULL, NULL, NULL);
	r->kind = RECORD_BAD;
	r->code = code;
	finish(rd, r, first, line_has_lf(rd->source, first));
}

static void
spoil_long(struct reader *rd, struct record *r, const struct line *first)
{
	snprintf(r->reason, sizeof r->reason, "longer than %zu bytes", rd->max);
	spoil(rd, r, first, "too-long");
}

static bool
is_blank(const struct reader *rd, const struct line *line)
{
	const char *p = source_at(rd->source, line->start);
	size_t i;

	for (i = 0; i < line->len; i++)
		if (p[i] != rd->delimiter)
			return false;
	return true;
}

/* Finds the line behind this one, which must be within the longest size from the record's
 * first byte; otherwise the record is spoilt. */
static bool
next_line(struct reader *rd, struct record *r, const struct line *first, struct line *line)
{
	size_t used = (size_t)(line_next(line) - r->offset);
	size_t limit = used < rd->max ? rd->max - used : 0;

	enum line_found found = lines_find(&rd->lines, line_next(line), limit, line);

	if (found == LINE_NONE) {
		snprintf(r->reason, sizeof r->reason, "a quote is never closed");
		spoil(rd, r, first, "open-quote");
		return false;
	}
	if (found == LINE_LONG || used > rd->max) {
		spoil_long(rd, r, first);
		return false;
	}
	return true;
}

/* Gives libcsv a line. False where it is malformed; byte is then where, from 1. */
static bool
feed_line(struct reader *rd, struct record *r, const struct line *line, size_t *byte)
{
	size_t n = line->len + line->end;
	size_t taken = feed(rd, r, source_at(rd->source, line->start), n);

	if (taken < n) {
		*byte = (size_t)(line->start - r->offset) + taken + 1;
		return false;
	}
	if (line->end == 0)
		feed(rd, r, "\n", 1); /* the last line of the data may do without */
	return true;
}

/* Parses from the first line on, as many lines as the record has. */
static void
parse(struct reader *rd, struct record *r, const struct line *first)
{
	struct line line = *first;
	uint64_t lfs = 0;
	size_t byte;

	rd->complete = false;
	do {
		if (!feed_line(rd, r, &line, &byte)) {
			snprintf(r->reason, sizeof r->reason, "malformed quoting at byte %zu",
			    byte);
			spoil(rd, r, first, "bad-quotes");
			return;
		}
		lfs += line_has_lf(rd->source, &line);
		if (rd->complete) {
			finish(rd, r, &line, lfs);
			return;
		}
	} while (next_line(rd, r, first, &line));
}

bool
reader_next(struct reader *rd, struct record *r)
{
	struct line line;

	r->kind = RECORD_FIELDS;
	r->line = rd->line;
	r->offset = rd->at;
	r->longer = false;
	r->count = 0;
	buf_clear(&r->text);
	switch (lines_find(&rd->lines, rd->at, rd->max, &line)) {
	case LINE_NONE:
		return false;
	case LINE_LONG:
		r->longer = true;
		spoil_long(rd, r, &line);
		return true;
	default:
		break;
	}
	if (is_blank(rd, &line)) {
		r->kind = RECORD_BLANK;
		finish(rd, r, &line, line_has_lf(rd->source, &line));
	} else {
		parse(rd, r, &line);
	}
	return true;
}

bool
reader_rest(struct reader *rd, struct record *r)
{
	struct line line;

	source_release(rd->source, rd->at);
	r->offset = rd->at;
	r->longer = lines_find(&rd->lines, rd->at, rd->max, &line) == LINE_LONG;
	finish(rd, r, &line, line_has_lf(rd->source, &line));
	return r->longer;
}

void
reader_close(struct reader *rd)
{
	csv_free(&rd->csv);
}
