/* What goes out, given the header: see columns.h. */
#include "columns.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "msg.h"

static void
check_record(const struct record *r, const char *raw, const char *where)
{
	if (r->kind == RECORD_BAD)
		msg_die(EX_DATAERR, "%s: header: %s", where, r->reason);
	if (r->count > r->room)
		msg_die(EX_DATAERR, "%s: header: more than %d columns", where, NAMES_MAX);
	if (memchr(raw, '\0', r->len) != NULL)
		msg_die(EX_DATAERR, "%s: header: NUL in it", where);
}

/* The first record's fields. A blank one has a column without a name, which is refused. */
static void
read_header(struct names *header, struct reader *rd, const char *where)
{
	struct record r;
	size_t i;

	record_open(&r, NAMES_MAX);
	if (!reader_next(rd, &r))
		msg_die(EX_DATAERR, "%s: no header line", where);
	check_record(&r, source_at(rd->source, r.offset), where);
	for (i = 0; i < r.count; i++)
		names_add(header, r.text.data + r.fields[i].start, r.fields[i].len);
	if (r.kind == RECORD_BLANK)
		names_add(header, "", 0);
	source_release(rd->source, rd->at);
	record_close(&r);
}

static void
check_header(const struct names *header, bool chosen, const char *where)
{
	char why[256];
	size_t i;

	if (names_faulty(header, why, sizeof why))
		msg_die(EX_DATAERR, "%s: header: %s", where, why);
	for (i = 0; i < header->count && !chosen; i++)
		if (header->all[i][0] == '_')
			msg_die(EX_DATAERR,
			    "%s: header: %s: a name that begins with _ (rename it with -c)",
			    where, header->all[i]);
}

static size_t
find(const struct names *n, const char *name, const char *where)
{
	size_t i = names_find(n, name);

	if (i == n->count)
		msg_die(EX_DATAERR, "%s: no column %s", where, name);
	return i;
}

static void
make_column(struct column *c, const char *name, size_t field, bool first)
{
	c->name = name;
	c->field = field;
	buf_putc(&c->key, first ? '{' : ',');
	json_put_string(&c->key, name, strlen(name));
	buf_putc(&c->key, ':');
}

void
columns_open(struct columns *c, const struct wanted *w, struct reader *rd, const char *where)
{
	const struct names *inputs = w->inputs.count ? &w->inputs : &c->header, *outputs;
	size_t i;

	*c = (struct columns){0};
	if (w->header.count > 0)
		for (i = 0; i < w->header.count; i++)
			names_add(&c->header, w->header.all[i], strlen(w->header.all[i]));
	else
		read_header(&c->header, rd, where);
	check_header(&c->header, w->inputs.count > 0, where);
	outputs = w->outputs.count ? &w->outputs : &c->header;
	c->count = outputs->count;
	c->all = calloc(c->count, sizeof *c->all);
	if (c->all == NULL)
		msg_die_errno("memory");
	for (i = 0; i < c->count; i++)
		make_column(&c->all[i], outputs->all[i],
		    find(&c->header, inputs->all[i], where), i == 0);
	for (i = 0; i < w->literals.count; i++)
		c->all[find(outputs, w->literals.all[i], where)].literal = true;
}

void
columns_close(struct columns *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		buf_free(&c->all[i].key);
	free(c->all);
	names_free(&c->header);
}
