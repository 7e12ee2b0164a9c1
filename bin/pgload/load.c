/*
 * From the stream to the committed transaction. It is opened when the first record is there,
 * so that a slow upstream holds no lock, and whatever else can fail (the trailer, the reject
 * file, the file of counts) is over before the commit.
 */
#include "load.h"

#include <stdlib.h>

#include "copy.h"
#include "db.h"
#include "mapping.h"
#include "merge.h"
#include "msg.h"
#include "ndjson.h"
#include "progress.h"
#include "reject.h"
#include "row.h"
#include "stats.h"
#include "table.h"
#include "value_binary.h"

struct load {
	const struct load_options *options;
	struct db *db;
	struct table *table;
	struct mapping *mapping; /* NULL until there is a record */
	struct ndjson_in *in;
	const char *name;
	struct ndjson_record record;
	struct reject_log *rejects;
	struct progress *progress;
	struct row row;
	struct buf rows; /* not yet sent */
	struct merge_counts merged;
};

/* Reads up to the next line that is a record; false at the end of the stream. */
static bool
next_record(struct load *l)
{
	while (ndjson_in_next(l->in, &l->record)) {
		struct reject why;
		progress_tick(l->progress, ndjson_in_count(l->in), ndjson_in_bytes(l->in));
		if (l->record.code == NULL)
			return true;
		why = ndjson_reject(&l->record, l->record.code, l->record.reason);
		reject_add(l->rejects, &why);
	}
	return false;
}

static void
tell_unchecked(const struct mapping *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (m->columns[i]->type.type == VALUE_OTHER)
			msg_warn("%s: column %s: %s goes as text, only the server checks it",
			    m->table->display, m->columns[i]->name, m->columns[i]->type_name);
}

static void
begin(struct load *l)
{
	struct buf b = {0};

	/* Read committed: what is merged after the lock must be what the lock found. */
	db_command(l->db, "begin isolation level read committed, read write");
	if (!l->options->truncate)
		return;
	buf_printf(&b, "truncate %s", l->table->quoted);
	db_command(l->db, b.data);
	buf_free(&b);
}

/* A table that this transaction has made or emptied takes frozen rows: no second write. */
static void
begin_copy(struct load *l)
{
	bool merge = l->options->keys != NULL;
	bool freeze = merge || (l->options->truncate && l->table->ordinary);
	bool binary = l->mapping->format == VALUE_AS_BINARY;
	struct buf b = {0};

	buf_printf(&b, "copy %s (%s", merge ? MERGE_TABLE : l->table->quoted,
	    merge ? MERGE_NUMBER ", " : "");
	merge_put_columns(&b, l->mapping, "");
	buf_printf(&b, ") from stdin with (format %s, freeze %s)", binary ? "binary" : "text",
	    freeze ? "on" : "off");
	copy_begin(l->db, b.data);
	buf_free(&b);
	if (binary)
		binary_put_head(&l->rows);
}

static void
send_rows(struct load *l)
{
	struct reject why;

	do {
		if (!row_append(&l->row, &l->record, &l->rows, &why))
			reject_add(l->rejects, &why);
		else if (l->rows.len >= COPY_CHUNK)
			copy_put(l->db, &l->rows);
	} while (next_record(l));
	if (l->mapping->format == VALUE_AS_BINARY)
		binary_put_end(&l->rows);
	if (l->rows.len > 0)
		copy_put(l->db, &l->rows);
}

static void
check_trailer(const struct load *l)
{
	if (l->options->trailer && !ndjson_in_has_trailer(l->in))
		msg_die(EX_IOERR, "%s: the stream ended without its trailer", l->name);
}

/* A trigger may make rows vanish; nothing is dropped silently. */
static void
end_copy(struct load *l)
{
	uint64_t taken = copy_end(l->db);

	if (taken != l->row.count)
		msg_die(EX_DATAERR, "%s: the server took %ju of %ju rows", l->table->display,
		    (uintmax_t)taken, (uintmax_t)l->row.count);
}

static void
copy_records(struct load *l)
{
	l->mapping = mapping_open(l->table, &l->record, l->options->ignore_unknown);
	if (l->options->keys != NULL)
		mapping_set_keys(l->mapping, l->options->keys);
	if (l->options->stream.verbose)
		tell_unchecked(l->mapping);
	l->row = (struct row){.mapping = l->mapping, .numbered = l->options->keys != NULL};
	begin(l);
	if (l->options->keys != NULL)
		merge_begin(l->db, l->mapping);
	begin_copy(l);
	ndjson_in_watch(l->in, PQsocket(db_connection(l->db)), copy_check_server, l->db);
	send_rows(l);
	check_trailer(l);
	end_copy(l);
	if (l->options->keys != NULL)
		l->merged = merge_end(l->db, l->mapping, l->row.count);
}

static void
write_counts(const struct load *l)
{
	const struct cli_stream *s = &l->options->stream;
	struct buf b = {0};

	stats_begin(&b, s->member);
	stats_count(&b, "in", ndjson_in_count(l->in));
	stats_count(&b, "loaded", l->row.count);
	stats_count(&b, "rejected", reject_count(l->rejects));
	if (l->options->keys != NULL) {
		stats_count(&b, "inserted", l->merged.inserted);
		stats_count(&b, "updated", l->merged.updated);
		stats_count(&b, "unchanged", l->merged.unchanged);
		stats_count(&b, "superseded", l->merged.superseded);
	}
	stats_digest(&b, "in_digest", ndjson_in_digest(l->in));
	stats_append(&b, s->stats_path);
	buf_free(&b);
}

static void
open_all(struct load *l, int fd)
{
	const struct cli_stream *s = &l->options->stream;

	l->rejects = reject_open(s->reject_path, s->member, s->max_rejects);
	l->db = db_open(l->options->conninfo, s->verbose);
	db_set_context(l->db, SQLSTATE_DATA);
	l->table = table_read(l->db, l->options->table);
	if (l->options->keys != NULL)
		mapping_check_keys(l->table, l->options->keys);
	l->in = ndjson_in_open(fd, l->name, s->filtered);
	ndjson_in_set_notes(l->in, l->rejects);
	l->progress = progress_open(s->verbose, "records");
}

static void
close_all(struct load *l)
{
	progress_close(l->progress, ndjson_in_count(l->in), ndjson_in_bytes(l->in));
	ndjson_in_close(l->in);
	if (l->mapping != NULL)
		mapping_close(l->mapping);
	table_free(l->table);
	db_close(l->db);
	buf_free(&l->rows);
	buf_free(&l->row.reason);
}

void
load_run(const struct load_options *o, int fd, const char *name)
{
	struct load l = {.options = o, .name = name};
	bool work;

	open_all(&l, fd);
	work = next_record(&l);
	if (work) {
		copy_records(&l);
	} else {
		check_trailer(&l);
		begin(&l); /* which empties the table under --truncate */
	}
	write_counts(&l);
	reject_close(l.rejects);
	db_commit(l.db);
	close_all(&l);
}
