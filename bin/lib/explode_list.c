/* One column of one record: see explode_list.h. */
#include "explode_list.h"

#include <inttypes.h>
#include <stdlib.h>

#include "json.h"
#include "literal.h"
#include "msg.h"

/* The value that an element gave for a key of the table: as JSON, in values[start..+len). */
struct slot {
	bool seen, nul;
	enum literal_kind kind;
	size_t start, len;
};

struct explode_list {
	const struct explode_table *table;
	unsigned depth; /* that an element has in the literal */
	struct slot slots[EXPLODE_KEYS_MAX];
	size_t name_len[EXPLODE_KEYS_MAX];
	struct slot *wanted; /* the slot that the next value is for, or NULL */
	struct buf scratch, values, lines, reason;
	const struct buf *head, *tail;
	uint64_t elements;
	const char *code, *key; /* of the first thing wrong; key NULL: the element itself */
};

struct explode_list *
explode_list_new(const struct explode_table *table)
{
	struct explode_list *l = calloc(1, sizeof *l);
	size_t i;

	if (l == NULL)
		msg_die_errno("memory");
	if (table->count > EXPLODE_KEYS_MAX)
		abort();
	l->table = table;
	l->depth = table->single ? 0 : 1;
	for (i = 0; i < table->count; i++)
		l->name_len[i] = strlen(table->keys[i].from);
	return l;
}

static const char *
refuse(struct explode_list *l, const char *code, const char *key, const char *reason)
{
	l->code = code;
	l->key = key;
	return reason;
}

static bool
is_integer(const char *s, size_t n)
{
	size_t i = n > 0 && s[0] == '-' ? 1 : 0;

	while (i < n && s[i] >= '0' && s[i] <= '9')
		i++;
	return i == n;
}

static const char *
check_type(struct explode_list *l, const struct explode_key *k, const struct slot *s)
{
	if (k->kind == EXPLODE_STRING && s->kind != LITERAL_STRING)
		return refuse(l, "wrong-type", k->from, "not a string");
	if (k->kind == EXPLODE_INTEGER &&
	    (s->kind != LITERAL_NUMBER || !is_integer(l->values.data + s->start, s->len)))
		return refuse(l, "wrong-type", k->from, "not a whole number");
	if (s->nul)
		return refuse(l, "nul", k->from, "a NUL character");
	return NULL;
}

static const char *
check_slot(struct explode_list *l, const struct explode_key *k, const struct slot *s)
{
	if (!s->seen)
		return k->need == EXPLODE_OPTIONAL
			   ? NULL
			   : refuse(l, "missing-key", k->from, "missing");
	if (s->kind == LITERAL_NULL)
		return k->need == EXPLODE_KEY ? refuse(l, "null-key", k->from, "null") : NULL;
	return check_type(l, k, s);
}

static void
put_member(struct explode_list *l, const struct explode_key *k, const struct slot *s)
{
	buf_put(&l->lines, ",\"", 2);
	buf_puts(&l->lines, k->to);
	buf_put(&l->lines, "\":", 2);
	if (s->seen)
		buf_put(&l->lines, l->values.data + s->start, s->len);
	else
		buf_puts(&l->lines, "null");
}

static void
begin_element(struct explode_list *l)
{
	memset(l->slots, 0, sizeof l->slots);
	buf_clear(&l->values);
	l->wanted = NULL;
	l->elements++;
}

/* Everything is checked here and not as it comes, since a key may be given again. */
static const char *
end_element(struct explode_list *l)
{
	const struct explode_table *t = l->table;
	const char *reason;
	size_t i;

	for (i = 0; i < t->count; i++) {
		reason = check_slot(l, &t->keys[i], &l->slots[i]);
		if (reason != NULL)
			return reason;
	}
	buf_put(&l->lines, l->head->data, l->head->len);
	for (i = 0; i < t->count; i++)
		put_member(l, &t->keys[i], &l->slots[i]);
	buf_put(&l->lines, l->tail->data, l->tail->len);
	buf_put(&l->lines, "}\n", 2);
	if (l->lines.len > EXPLODE_OUTPUT_MAX)
		return refuse(
		    l, "too-large", NULL, "the elements would take more than 64 MiB");
	return NULL;
}

/* What stands in place of the list, or is the list itself. */
static const char *
take_whole(struct explode_list *l, const struct literal_event *e)
{
	if (e->kind == LITERAL_LIST || e->kind == LITERAL_LIST_END || e->kind == LITERAL_NULL)
		return NULL;
	return refuse(l, "not-a-list", NULL, "not a list");
}

static const char *
take_element(struct explode_list *l, const struct literal_event *e)
{
	if (e->kind == LITERAL_OBJECT_END)
		return end_element(l);
	if (e->kind == LITERAL_NULL && l->depth == 0)
		return NULL;
	begin_element(l);
	return e->kind == LITERAL_OBJECT ? NULL : refuse(l, "not-a-dict", NULL, "not a dict");
}

static struct slot *
find_slot(struct explode_list *l, const struct literal_event *e)
{
	size_t i;

	for (i = 0; i < l->table->count; i++)
		if (l->name_len[i] == e->len &&
		    memcmp(l->table->keys[i].from, e->text, e->len) == 0)
			return &l->slots[i];
	return NULL;
}

static void
take_member(struct explode_list *l, const struct literal_event *e)
{
	struct slot *s = l->wanted;

	if (e->kind == LITERAL_KEY) {
		l->wanted = find_slot(l, e);
		return;
	}
	if (s == NULL)
		return;
	*s = (struct slot){.seen = true, .kind = e->kind, .start = l->values.len};
	if (e->kind == LITERAL_STRING) {
		s->nul = memchr(e->text, '\0', e->len) != NULL;
		json_put_string(&l->values, e->text, e->len);
	} else {
		buf_put(&l->values, e->text, e->len);
	}
	s->len = l->values.len - s->start;
	l->wanted = NULL; /* the end of a nested value is none */
}

static const char *
take_event(void *context, const struct literal_event *e)
{
	struct explode_list *l = context;

	if (e->depth < l->depth)
		return take_whole(l, e);
	if (e->depth == l->depth)
		return take_element(l, e);
	if (e->depth == l->depth + 1)
		take_member(l, e);
	return NULL;
}

/* Where a literal cannot be read, the byte; where it can, which element, and which key. */
static const char *
explain(struct explode_list *l, const char *column, const struct literal_error *err)
{
	struct buf *b = &l->reason;

	buf_clear(b);
	buf_printf(b, "%s: ", column);
	if (l->code == NULL)
		buf_printf(b, "byte %zu: ", err->byte);
	else if (l->elements > 0 && !l->table->single)
		buf_printf(b, "element %" PRIu64 ": ", l->elements);
	if (l->code != NULL && l->key != NULL)
		buf_printf(b, "%s: ", l->key);
	buf_puts(b, err->reason);
	buf_putc(b, '\0');
	return b->data;
}

struct explode_result
explode_list_read(struct explode_list *l, const char *column, const char *text, size_t len,
    const struct buf *head, const struct buf *tail)
{
	struct explode_result r = {0};
	struct literal_error err;

	buf_clear(&l->lines);
	l->elements = 0;
	l->code = l->key = NULL;
	l->head = head;
	l->tail = tail;
	if (literal_parse(text, len, take_event, l, &l->scratch, &err)) {
		r.lines = l->lines.data;
		r.len = l->lines.len;
		r.count = l->elements;
	} else {
		r.reason = explain(l, column, &err);
		r.code = l->code != NULL ? l->code : "bad-literal";
	}
	return r;
}

void
explode_list_free(struct explode_list *l)
{
	buf_free(&l->scratch);
	buf_free(&l->values);
	buf_free(&l->lines);
	buf_free(&l->reason);
	free(l);
}
