/* Records as rows: see row.h. */
#include "row.h"

#include <string.h>

#include "utf8.h"
#include "value_binary.h"

enum { SHOWN_BYTES = 40, ABSENT = -1 };

/* The text of a record's member, as it goes to the column. */
struct text {
	const char *start;
	size_t len;
};

/* "column year: not a whole number: 19x9", a long value cut at a character's end. */
static struct reject
reject_of(struct row *row, const struct ndjson_record *r, const char *code, const char *key,
    const struct text *text)
{
	struct buf *b = &row->reason;
	size_t shown;

	buf_clear(b);
	buf_printf(b, "column %s: %s", key, value_reason(code));
	if (text != NULL) {
		shown = text->len > SHOWN_BYTES ? SHOWN_BYTES : text->len;
		shown = utf8_valid(text->start, shown);
		buf_puts(b, ": ");
		buf_put(b, text->start, shown);
		if (shown < text->len)
			buf_puts(b, "...");
		buf_puts(b, value_hint(code, text->start, text->len));
	}
	buf_putc(b, '\0');
	return ndjson_reject(r, code, b->data);
}

/* Finds, for each column, its member; returns a key that has no place, or NULL. */
static const char *
find_members(struct row *row, const struct ndjson_record *r)
{
	size_t i;
	int place;

	if (row->keys == r->keys)
		return NULL;
	row->keys = 0;
	for (i = 0; i < row->mapping->count; i++)
		row->members[i] = ABSENT;
	for (i = 0; i < r->count; i++) {
		place = mapping_find(row->mapping, r->members[i]->string, i);
		if (place == MAPPING_UNEXPECTED)
			return r->members[i]->string;
		if (place != MAPPING_IGNORED)
			row->members[place] = (int)i;
	}
	row->keys = r->keys;
	return NULL;
}

/* Is it of that kind? cJSON's own functions are calls for every field. */
static bool
is_of(const cJSON *value, int kind)
{
	return (value->type & 0xff) == kind;
}

/* Whether a JSON value of this kind may go to a column of the type at all. */
static bool
kind_fits(const cJSON *value, enum value_type type)
{
	if (type == VALUE_TEXT || type == VALUE_OTHER || is_of(value, cJSON_String) ||
	    is_of(value, cJSON_Number))
		return true;
	return cJSON_IsBool(value) && type == VALUE_BOOLEAN;
}

static struct text
text_of(const struct ndjson_record *r, int i)
{
	const cJSON *value = r->members[i];
	struct text t;

	ndjson_raw_value(r, (size_t)i, &t.start, &t.len);
	if (!is_of(value, cJSON_String))
		return t;
	t.start = value->valuestring;
	t.len = r->flat ? t.len - 2 : strlen(t.start); /* without its quotes */
	return t;
}

static bool
append_null(struct row *row, const struct ndjson_record *r, size_t column, struct buf *b,
    struct reject *why)
{
	const struct column *c = row->mapping->columns[column];
	bool key = row->mapping->is_key[column];

	if (key || c->not_null) {
		*why = reject_of(row, r, key ? "null-key" : "null", c->name, NULL);
		return false;
	}
	value_append_null(b, row->mapping->format);
	return true;
}

static bool
append_value(struct row *row, const struct ndjson_record *r, size_t column, struct buf *b,
    struct reject *why)
{
	const struct column *c = row->mapping->columns[column];
	int member = row->members[column];
	const char *code = "wrong-type";
	struct text t;

	if (member == ABSENT || is_of(r->members[member], cJSON_NULL))
		return append_null(row, r, column, b, why);
	t = text_of(r, member);
	if (kind_fits(r->members[member], c->type.type) &&
	    value_append(b, row->mapping->format, &c->type, t.start, t.len, &code))
		return true;
	*why = reject_of(row, r, code, c->name, &t);
	return false;
}

/* What stands before the fields: how many they are, the number. */
static void
open_row(const struct row *row, struct buf *b)
{
	if (row->mapping->format == VALUE_AS_BINARY) {
		binary_put(b, row->mapping->count + row->numbered, 2);
		if (row->numbered)
			binary_put_whole(b, (int64_t)row->count + 1, 8);
	} else if (row->numbered) {
		buf_put_u64(b, row->count + 1);
	}
}

static bool
append_values(
    struct row *row, const struct ndjson_record *r, struct buf *b, struct reject *why)
{
	bool text = row->mapping->format == VALUE_AS_TEXT;
	size_t i;

	open_row(row, b);
	for (i = 0; i < row->mapping->count; i++) {
		if (text && (i > 0 || row->numbered))
			buf_putc(b, '\t');
		if (!append_value(row, r, i, b, why))
			return false;
	}
	if (text)
		buf_putc(b, '\n');
	return true;
}

bool
row_append(struct row *row, const struct ndjson_record *r, struct buf *b, struct reject *why)
{
	const char *unexpected = find_members(row, r);
	size_t before = b->len;

	if (unexpected != NULL) {
		*why = reject_of(row, r, "unexpected-key", unexpected, NULL);
		return false;
	}
	if (!append_values(row, r, b, why)) {
		b->len = before;
		return false;
	}
	row->count++;
	return true;
}
