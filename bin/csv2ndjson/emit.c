/* Records as NDJSON: see emit.h. */
#include "emit.h"

#include "json.h"
#include "literal.h"

enum { BLOCK = 1 << 16 };

void
emit_open(struct emit *e, const struct columns *c, bool provenance)
{
	*e = (struct emit){.columns = c, .provenance = provenance, .out = ndjson_out_open()};
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

bool
emit_record(struct emit *e, const struct record *r)
{
	const struct columns *c = e->columns;
	struct buf *b = &e->lines;
	size_t start = b->len, i;

	for (i = 0; i < c->count; i++) {
		const struct column *column = &c->all[i];
		const struct field *f = &r->fields[column->field];
		const char *text = r->text.data + f->start;

		buf_put(b, column->key.data, column->key.len);
		if (f->len == 0) {
			buf_put(b, "null", 4);
		} else if (!column->literal) {
			json_put_string(b, text, f->len);
		} else if (!put_literal(e, column, text, f->len)) {
			b->len = start;
			return false;
		}
	}
	if (e->provenance)
		put_provenance(b, r);
	buf_put(b, "}\n", 2);
	e->waiting++;
	if (b->len >= BLOCK)
		emit_flush(e);
	return true;
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
