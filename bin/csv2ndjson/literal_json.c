/* Literals as JSON: see literal_json.h. */
#include "literal_json.h"

#include "json.h"

struct writer {
	struct buf *out;
	bool comma; /* one is due before the next item */
};

static const char *
write_event(void *context, const struct literal_event *e)
{
	struct writer *w = context;
	const bool ends = e->kind == LITERAL_LIST_END || e->kind == LITERAL_OBJECT_END;

	if (w->comma && !ends)
		buf_putc(w->out, ',');
	w->comma = true;
	switch (e->kind) {
	case LITERAL_LIST:
	case LITERAL_OBJECT:
		buf_putc(w->out, e->kind == LITERAL_LIST ? '[' : '{');
		w->comma = false;
		break;
	case LITERAL_LIST_END:
	case LITERAL_OBJECT_END:
		buf_putc(w->out, e->kind == LITERAL_LIST_END ? ']' : '}');
		break;
	case LITERAL_KEY:
		if (e->len > 0 && e->text[0] == '_')
			return "a key that begins with _, as those of a trailer do";
		json_put_string(w->out, e->text, e->len);
		buf_putc(w->out, ':');
		w->comma = false;
		break;
	case LITERAL_STRING:
		json_put_string(w->out, e->text, e->len);
		break;
	default:
		buf_put(w->out, e->text, e->len);
	}
	return NULL;
}

bool
literal_to_json(const char *text, size_t len, struct buf *out, struct literal_error *err)
{
	static struct buf scratch; /* for the whole run: allocated once, not per value */
	struct writer w = {out, false};
	const size_t before = out->len;

	if (literal_parse(text, len, write_event, &w, &scratch, err))
		return true;
	out->len = before;
	return false;
}
