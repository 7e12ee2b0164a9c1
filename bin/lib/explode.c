/*
 * The engine of the explode-* filters: see explode.h. This file reads the records and keeps
 * the counts; explode_list.c turns one column into lines.
 */
#include "explode.h"

#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "explode_list.h"
#include "json.h"
#include "ndjson.h"
#include "progress.h"
#include "reject.h"
#include "stats.h"
#include "utf8.h"

enum { OPTION_COLUMN = CLI_OWN };

struct explode {
	const struct explode_table *table;
	const char *column;
	struct cli_stream options;
	struct ndjson_in *in;
	struct ndjson_out *out;
	struct reject_log *rejects;
	struct progress *progress;
	struct explode_list *list;
	struct buf head, tail, text;
	uint64_t exploded, empty;
};

/* Where a record has what we need; NDJSON_MEMBERS_MAX: nowhere. */
struct places {
	size_t movie_id, id, column;
};

static void
turn_away(struct explode *x, const struct ndjson_record *r, const char *code, const char *why)
{
	const struct reject reject = ndjson_reject(r, code, why);

	reject_add(x->rejects, &reject);
}

static struct places
find_places(const struct explode *x, const struct ndjson_record *r)
{
	struct places p = {NDJSON_MEMBERS_MAX, NDJSON_MEMBERS_MAX, NDJSON_MEMBERS_MAX};
	const char *name;
	size_t i;

	for (i = 0; i < r->count; i++) {
		name = r->members[i]->string;
		if (strcmp(name, "movie_id") == 0)
			p.movie_id = i;
		else if (strcmp(name, "id") == 0)
			p.id = i;
		if (strcmp(name, x->column) == 0)
			p.column = i;
	}
	if (p.movie_id == NDJSON_MEMBERS_MAX)
		p.movie_id = p.id;
	return p;
}

static void
put_raw(struct buf *b, const struct ndjson_record *r, size_t member)
{
	const char *raw;
	size_t len;

	ndjson_raw_value(r, member, &raw, &len);
	buf_put(b, raw, len);
}

/* What is the same in each line of this record: the movie's id, and the provenance. */
static void
make_frame(struct explode *x, const struct ndjson_record *r, size_t movie_id)
{
	size_t i;

	buf_clear(&x->head);
	buf_puts(&x->head, "{\"movie_id\":");
	put_raw(&x->head, r, movie_id);
	buf_clear(&x->tail);
	for (i = 0; i < r->count; i++) {
		if (r->members[i]->string[0] != '_')
			continue;
		buf_putc(&x->tail, ',');
		json_put_text(&x->tail, r->members[i]->string);
		buf_putc(&x->tail, ':');
		put_raw(&x->tail, r, i);
	}
}

static struct explode_result
read_column(struct explode *x, const struct ndjson_record *r, size_t column)
{
	const cJSON *value = r->members[column];
	const char *text = value->valuestring;
	size_t len;

	if (cJSON_IsString(value))
		len = strlen(text);
	else
		ndjson_raw_value(r, column, &text, &len);
	return explode_list_read(x->list, x->column, text, len, &x->head, &x->tail);
}

static void
explode_record(struct explode *x, const struct ndjson_record *r)
{
	struct places at;
	struct explode_result got;

	if (r->code != NULL) {
		turn_away(x, r, r->code, r->reason);
		return;
	}
	at = find_places(x, r);
	if (at.movie_id == NDJSON_MEMBERS_MAX ||
	    !(cJSON_IsString(r->members[at.movie_id]) ||
		cJSON_IsNumber(r->members[at.movie_id]))) {
		turn_away(x, r, "no-movie-id", "neither movie_id nor id is given");
		return;
	}
	if (at.column == NDJSON_MEMBERS_MAX) {
		buf_clear(&x->text);
		buf_printf(&x->text, "%s: no such column", x->column);
		turn_away(x, r, "no-column", x->text.data);
		return;
	}
	make_frame(x, r, at.movie_id);
	got = read_column(x, r, at.column);
	if (got.code != NULL) {
		turn_away(x, r, got.code, got.reason);
		return;
	}
	if (got.count == 0) {
		x->empty++;
		return;
	}
	ndjson_out_put(x->out, got.lines, got.len, got.count);
	x->exploded++;
}

static void
append_stats(struct explode *x)
{
	struct buf *b = &x->text;

	stats_begin(b, x->options.member);
	stats_count(b, "in", ndjson_in_count(x->in));
	stats_count(b, "exploded", x->exploded);
	stats_count(b, "empty", x->empty);
	stats_count(b, "rejected", reject_count(x->rejects));
	stats_count(b, "out", ndjson_out_count(x->out));
	stats_digest(b, "in_digest", ndjson_in_digest(x->in));
	stats_digest(b, "out_digest", ndjson_out_digest(x->out));
}

/* The trailer comes last: all else that can fail must have gone well before it. */
static void
finish(struct explode *x)
{
	bool whole = ndjson_in_has_trailer(x->in);

	append_stats(x);
	progress_close(x->progress, ndjson_in_count(x->in), ndjson_in_bytes(x->in));
	ndjson_in_close(x->in);
	reject_close(x->rejects);
	stats_append(&x->text, x->options.stats_path);
	if (whole)
		ndjson_out_trailer(x->out);
	ndjson_out_close(x->out);
	explode_list_free(x->list);
	buf_free(&x->head);
	buf_free(&x->tail);
	buf_free(&x->text);
}

static void
run(struct explode *x)
{
	struct ndjson_record r;

	while (ndjson_in_next(x->in, &r)) {
		explode_record(x, &r);
		progress_tick(x->progress, ndjson_in_count(x->in), ndjson_in_bytes(x->in));
	}
	finish(x);
}

static void
read_options(struct explode *x, const struct cli *cli, int argc, char **argv)
{
	int c;

	while ((c = cli_next(cli, argc, argv)) != -1) {
		if (c == OPTION_COLUMN)
			x->column = optarg;
		else
			cli_stream_option(&x->options, c, optarg);
	}
	if (utf8_valid(x->column, strlen(x->column)) != strlen(x->column))
		cli_usage("--column: not valid UTF-8");
}

int
explode_main(const struct explode_table *table, int argc, char **argv)
{
	static const struct cli_option options[] = {
	    {OPTION_COLUMN, "column", "NAME", "explode this column instead"},
	    CLI_STREAM_OPTIONS,
	    CLI_FILTERED_OPTION,
	    CLI_LINES_OPTION,
	};
	const struct cli cli = {
	    .synopsis = "[-v] [--column NAME] [-R FILE] [-m N] [-S FILE]\n"
			"           [--member NAME] [--filtered] [--line-buffered] [file]",
	    .purpose = table->purpose,
	    .options = options,
	    .count = sizeof options / sizeof options[0],
	};
	struct explode x = {
	    .table = table, .column = table->column, .options = CLI_STREAM_DEFAULTS};
	const char *name;
	int fd;

	cli_start(argv);
	read_options(&x, &cli, argc, argv);
	fd = cli_input(&cli, argc, argv, &name);
	x.in = ndjson_in_open(fd, name, x.options.filtered);
	x.out = ndjson_out_open(x.options.line_buffered);
	x.rejects =
	    reject_open(x.options.reject_path, x.options.member, x.options.max_rejects);
	ndjson_in_set_notes(x.in, x.rejects);
	x.progress = progress_open(x.options.verbose, "records");
	x.list = explode_list_new(table);
	run(&x);
	return 0;
}
