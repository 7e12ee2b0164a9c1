/* Records as NDJSON: see emit.h. */
#include "emit.h"

#include "json.h"
#include "literal_json.h"

enum {
	BLOCK = 1 << 16,
	LONGEST_TAIL = 64 /* bytes: the provenance, the brace */
};

static const char TOO_LARGE[] = "the line would take more than 64 MiB";

void
emit_open(struct emit *e, const struct columns *c, bool provenance, bool raw, bool eager)
{
	*e = (struct emit){.columns = c,
	    .provenance = provenance,
	    .raw = raw,
	    .block = eager ? 1 : BLOCK,
	    .out = ndjson_out_open(eager)};
}

static bool
put_literal(struct emit *e, const struct column *c, const char *text, size_t len)
{
	struct literal_error err;

	if (literal_to_json(text, len, &e->lines, &err))
		return true;
	buf_clear(&e->reason);
	buf_printf(&e->reason, "column %s, byte %zu: %s", c->name, err.byte, err.reason);
	buf_putc(&e->reason, '\0');
	return false;
}

static void
put_provenance(struct buf *b, const struct record *r)
{
	buf_puts(b, ",\"_record\":");
	buf_put_u64(b, r->number);
	buf_puts(b, ",\"_line\":");
	buf_put_u64(b, r->line);
}

/* The value that the column has in the record; NULL, or the code of a reject. */
static const char *
put_value(struct emit *e, const struct column *c, const struct record *r)
{
	const struct field *f = &r->fields[c->field];
	const char *text = r->text.data + f->start;

	if (f->len == 0)
		buf_put(&e->lines, "null", 4);
	else if (!c->literal)
		json_put_string(&e->lines, text, f->len);
	else if (!put_literal(e, c, text, f->len))
		return "bad-literal";
	return NULL;
}

/* Checked after each value, so that memory is bounded where columns go out many times. */
static const char *
check_size(struct emit *e, size_t start)
{
	if (e->lines.len - start <= NDJSON_LINE_MAX - LONGEST_TAIL)
		return NULL;
	buf_clear(&e->reason);
	buf_put(&e->reason, TOO_LARGE, sizeof TOO_LARGE);
	return "too-large";
}

/* The columns of the line that begins at start; NULL, or the code of a reject. */
static const char *
put_columns(struct emit *e, const struct record *r, size_t start)
{
	const struct columns *c = e->columns;
	const char *code = NULL;
	size_t i;

	for (i = 0; i < c->count && code == NULL; i++) {
		buf_put(&e->lines, c->all[i].key.data, c->all[i].key.len);
		code = put_value(e, &c->all[i], r);
		if (code == NULL)
			code = check_size(e, start);
	}
	return code;
}

/* The record as it was read, which may be what makes the line too large. */
static const char *
put_raw(struct emit *e, const struct record *r, const char *raw, size_t start)
{
	buf_puts(&e->lines, ",\"_raw\":");
	json_put_string(&e->lines, raw, r->len);
	return check_size(e, start);
}

const char *
emit_record(struct emit *e, const struct record *r, const char *raw)
{
	struct buf *b = &e->lines;
	size_t start = b->len;
	const char *code = put_columns(e, r, start);

	if (code == NULL && e->provenance)
		put_provenance(b, r);
	if (code == NULL && e->raw)
		code = put_raw(e, r, raw, start);
	if (code != NULL) {
		b->len = start;
		return code;
	}
	buf_put(b, "}\n", 2);
	e->waiting++;
	if (b->len >= e->block)
		emit_flush(e);
	return NULL;
}

void
emit_flush(struct emit *e)
{
	if (e->waiting == 0)
		return;
	ndjson_out_put(e->out, e->lines.data, e->lines.len, e->waiting);
	buf_clear(&e->lines);
	e->waiting = 0;
}

void
emit_close(struct emit *e, bool trailer)
{
	emit_flush(e);
	if (trailer)
		ndjson_out_trailer(e->out);
	ndjson_out_close(e->out);
	buf_free(&e->lines);
	buf_free(&e->reason);
}
