/* One value's text against its type, on its way to a field of COPY: see value.h. */
#include "value.h"

#include "value_binary.h"
#include "value_read.h"

/* Bytes that begin a character; the text is valid UTF-8. */
static size_t
count_characters(const char *s, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

static const char *
check_text(const struct value_type_info *type, const char *s, size_t n)
{
	if (memchr(s, '\0', n) != NULL)
		return "nul";
	if (type->limited && n > type->max_characters &&
	    count_characters(s, n) > type->max_characters)
		return "too-long";
	return NULL;
}

static const char *
read_boolean(const char *s, size_t n, struct value *v)
{
	static const char *const words[] = {"false", "true", "f", "t", "0", "1"};
	size_t i, k;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strlen(words[i]) != n)
			continue;
		for (k = 0; k < n; k++)
			if (s[k] != words[i][k] &&
			    (words[i][k] < 'a' || s[k] != words[i][k] - 'a' + 'A'))
				break;
		v->number = i % 2;
		if (k == n)
			return NULL;
	}
	return "bad-boolean";
}

static const char *
read_value(const struct value_type_info *type, const char *s, size_t n, struct value *v)
{
	switch (type->type) {
	case VALUE_SMALLINT:
	case VALUE_INTEGER:
	case VALUE_BIGINT:
		return value_read_integer(type->type, s, n, v);
	case VALUE_NUMERIC:
		return value_read_numeric(type, s, n, v);
	case VALUE_REAL:
	case VALUE_DOUBLE:
		return value_read_float(type->type, s, n, v);
	case VALUE_BOOLEAN:
		return read_boolean(s, n, v);
	case VALUE_DATE:
		return value_read_date(s, n, v);
	case VALUE_TIMESTAMP:
	case VALUE_TIMESTAMPTZ:
		return value_read_timestamp(type, s, n, v);
	case VALUE_TEXT:
	case VALUE_OTHER:
		return check_text(type, s, n);
	}
	return "wrong-type";
}

bool
value_append(struct buf *b, enum value_format format, const struct value_type_info *type,
    const char *text, size_t len, const char **code)
{
	struct value v;

	*code = read_value(type, text, len, &v);
	if (*code != NULL)
		return false;
	if (format == VALUE_AS_BINARY)
		value_put_binary(b, type, text, len, &v);
	else
		value_put_text(b, type, text, len, &v);
	return true;
}

void
value_append_null(struct buf *b, enum value_format format)
{
	if (format == VALUE_AS_BINARY)
		binary_put(b, UINT32_MAX, BINARY_LENGTH);
	else
		buf_put(b, "\\N", 2);
}

const char *
value_reason(const char *code)
{
	static const struct {
		const char *code, *reason;
	} reasons[] = {
	    {"bad-integer", "not a whole number"},
	    {"bad-number", "not a number"},
	    {"bad-boolean", "not true, false, t, f, 1 or 0"},
	    {"bad-date", "not a day written YYYY-MM-DD"},
	    {"bad-timestamp", "not a time written YYYY-MM-DD HH:MM:SS"},
	    {"out-of-range", "does not fit the column's type"},
	    {"too-long", "more characters than the column holds"},
	    {"nul", "a NUL character"},
	    {"null", "null, where the column is not null"},
	    {"null-key", "null, where a key is needed"},
	    {"wrong-type", "a JSON value of a kind that the column cannot hold"},
	    {"unexpected-key", "not among the keys of the first record"},
	};
	size_t i;

	for (i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (strcmp(reasons[i].code, code) == 0)
			return reasons[i].reason;
	return code;
}
