/*
 * The conversion: see convert.h. Each record that is read ends as exactly one of out,
 * rejected, blank, or as the half that a repair has used up (rejoined), so that in = out +
 * rejected + rejoined + blank.
 */
#include "convert.h"

#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "emit.h"
#include "msg.h"
#include "progress.h"
#include "reject.h"
#include "rejoin.h"
#include "stats.h"
#include "utf8.h"

struct job {
	const struct options *options;
	struct source source;
	struct reader reader;
	struct columns columns;
	struct emit emit;
	struct reject_log *rejects;
	size_t whole; /* fields of a good record */
	struct record room[2], joined;
	struct record *current; /* the one being read */
	struct record *waiting; /* one before it that may be a first half, or NULL */
	uint64_t in, rejoined, blank;
};

static struct reject
describe(const struct job *j, const struct record *r, const char *code, const char *reason)
{
	return (struct reject){.record = r->number,
	    .line = r->line,
	    .offset = r->offset,
	    .length = r->len,
	    .code = code,
	    .reason = reason,
	    .raw = source_at(&j->source, r->offset),
	    .raw_len = r->len};
}

static void
turn_away(struct job *j, const struct record *r, const char *code, const char *reason)
{
	struct reject reject = describe(j, r, code, reason);

	reject_add(j->rejects, &reject);
}

static void
turn_away_count(struct job *j, const struct record *r)
{
	char reason[80];

	snprintf(reason, sizeof reason, "%zu fields expected, %zu found", j->whole, r->count);
	turn_away(j, r, "field-count", reason);
}

/* A line that is too long for one record comes in pieces; it is one reject. */
static void
turn_away_long(struct job *j, struct record *r)
{
	struct reject reject = describe(j, r, r->code, r->reason);
	bool more = true;

	reject_begin(j->rejects, &reject);
	while (more) {
		more = reader_rest(&j->reader, r);
		reject_more(j->rejects, source_at(&j->source, r->offset), r->len);
	}
	reject_end(j->rejects, &reject);
}

/* A record with the right number of fields: out, or turned away for what is in them. */
static void
accept(struct job *j, const struct record *r)
{
	const char *raw = source_at(&j->source, r->offset), *nul, *code;
	char reason[80];
	size_t valid;

	nul = memchr(raw, '\0', r->len);
	if (nul != NULL) {
		snprintf(reason, sizeof reason, "NUL at byte %zu", (size_t)(nul - raw) + 1);
		turn_away(j, r, "nul", reason);
		return;
	}
	valid = utf8_valid(raw, r->len);
	if (valid < r->len) {
		snprintf(reason, sizeof reason, "invalid UTF-8 at byte %zu", valid + 1);
		turn_away(j, r, "bad-utf8", reason);
		return;
	}
	code = emit_record(&j->emit, r, raw);
	if (code != NULL)
		turn_away(j, r, code, j->emit.reason.data);
}

static void
repair(struct job *j, const struct record *first, const struct record *second)
{
	struct record *r = &j->joined;
	struct reject note;

	rejoin_join(r, first, second, source_at(&j->source, first->offset + first->len));
	note = describe(j, r, "rejoined", "two halves put together at a line break");
	reject_note(j->rejects, &note);
	j->rejoined++;
	accept(j, r);
}

/* Decides about the record that waits; true if the current one was its second half. */
static bool
settle(struct job *j, const struct record *next)
{
	const struct record *first = j->waiting;

	if (first == NULL)
		return false;
	j->waiting = NULL;
	if (next == NULL || !rejoin_fits(first, next, j->whole, j->options->max)) {
		turn_away_count(j, first);
		return false;
	}
	repair(j, first, next);
	return true;
}

static void
handle(struct job *j, struct record *r)
{
	if (settle(j, r))
		return;
	if (r->kind == RECORD_BLANK)
		j->blank++;
	else if (r->kind == RECORD_BAD && r->longer)
		turn_away_long(j, r);
	else if (r->kind == RECORD_BAD)
		turn_away(j, r, r->code, r->reason);
	else if (r->count == j->whole)
		accept(j, r);
	else if (j->options->rejoin && rejoin_begins(r, j->whole))
		j->waiting = r;
	else
		turn_away_count(j, r);
}

static void
convert_records(struct job *j)
{
	struct progress *progress = progress_open(j->options->stream.verbose, "records");

	while (reader_next(&j->reader, j->current)) {
		j->current->number = ++j->in;
		handle(j, j->current);
		if (j->waiting != NULL)
			j->current = &j->room[j->waiting == &j->room[0]];
		source_release(
		    &j->source, j->waiting != NULL ? j->waiting->offset : j->reader.at);
		progress_tick(progress, j->in, j->reader.at);
	}
	settle(j, NULL);
	progress_close(progress, j->in, j->source.visible);
}

/* More than the next filter takes in an object would only be turned away there. */
static void
check_width(const struct job *j, const char *name)
{
	const struct options *o = j->options;
	size_t most = NDJSON_MEMBERS_MAX - (o->provenance ? 2 : 0) - (o->raw ? 1 : 0);

	if (j->columns.count > most)
		msg_die(EX_DATAERR, "%s: %zu columns, at most %zu can go out (choose with -c)",
		    name, j->columns.count, most);
}

static void
start(struct job *j, const struct options *o, int fd, const char *name)
{
	size_t i;

	*j = (struct job){.options = o, .current = &j->room[0]};
	/* A record may be read while one that waits is still held. */
	source_open(&j->source, fd, name, o->rejoin ? 2 * o->max : o->max, o->demand);
	reader_open(&j->reader, &j->source, o->max, o->delimiter);
	columns_open(&j->columns, &o->wanted, &j->reader, name);
	check_width(j, name);
	j->in = j->blank = j->columns.blank;
	j->whole = j->columns.header.count;
	emit_open(&j->emit, &j->columns, o->provenance, o->raw, o->stream.line_buffered);
	j->rejects =
	    reject_open(o->stream.reject_path, o->stream.member, o->stream.max_rejects);
	for (i = 0; i < 2; i++)
		record_open(&j->room[i], j->whole);
	record_open(&j->joined, j->whole);
}

static void
append_counts(struct job *j)
{
	struct buf b = {0};

	stats_begin(&b, j->options->stream.member);
	stats_count(&b, "in", j->in);
	stats_count(&b, "out", ndjson_out_count(j->emit.out));
	stats_count(&b, "rejected", reject_count(j->rejects));
	stats_count(&b, "rejoined", j->rejoined);
	stats_count(&b, "blank", j->blank);
	stats_count(&b, "bytes", j->source.visible);
	stats_crc32(&b, "crc32", (uint32_t)j->source.crc);
	stats_digest(&b, "out_digest", ndjson_out_digest(j->emit.out));
	stats_append(&b, j->options->stream.stats_path);
	buf_free(&b);
}

/* The trailer comes last: all else that can fail must have gone well before it. */
static void
finish(struct job *j)
{
	size_t i;

	emit_flush(&j->emit);
	append_counts(j);
	reject_close(j->rejects);
	emit_close(&j->emit, j->options->trailer);
	columns_close(&j->columns);
	reader_close(&j->reader);
	source_close(&j->source);
	for (i = 0; i < 2; i++)
		record_close(&j->room[i]);
	record_close(&j->joined);
}

void
convert(const struct options *o, int fd, const char *name)
{
	struct job j;

	start(&j, o, fd, name);
	convert_records(&j);
	finish(&j);
}
