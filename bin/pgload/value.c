/* One value as a field of COPY's text format: see value.h. */
#include "value.h"

#include "value_check.h"

/* What follows the backslash for the bytes that COPY would take for its own. */
static const char escapes[256] = {
    ['\\'] = '\\',
    ['\b'] = 'b',
    ['\f'] = 'f',
    ['\n'] = 'n',
    ['\r'] = 'r',
    ['\t'] = 't',
    ['\v'] = 'v',
};

static void
put_escaped(struct buf *b, const char *s, size_t n)
{
	const char *end = s + n, *start = s;

	for (; s < end; s++) {
		char escape = escapes[(unsigned char)*s];
		if (escape == 0)
			continue;
		buf_put(b, start, (size_t)(s - start));
		buf_putc(b, '\\');
		buf_putc(b, escape);
		start = s + 1;
	}
	buf_put(b, start, (size_t)(end - start));
}

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
check_boolean(const char *s, size_t n)
{
	static const char *const words[] = {"true", "false", "t", "f", "1", "0"};
	size_t i, k;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strlen(words[i]) != n)
			continue;
		for (k = 0; k < n; k++)
			if (s[k] != words[i][k] &&
			    (words[i][k] < 'a' || s[k] != words[i][k] - 'a' + 'A'))
				break;
		if (k == n)
			return NULL;
	}
	return "bad-boolean";
}

static const char *
check(const struct value_type_info *type, const char *s, size_t n)
{
	switch (type->type) {
	case VALUE_SMALLINT:
	case VALUE_INTEGER:
	case VALUE_BIGINT:
		return value_check_integer(type->type, s, n);
	case VALUE_NUMERIC:
		return value_check_numeric(type, s, n);
	case VALUE_REAL:
	case VALUE_DOUBLE:
		return value_check_float(type->type, s, n);
	case VALUE_BOOLEAN:
		return check_boolean(s, n);
	case VALUE_DATE:
		return value_check_date(s, n);
	case VALUE_TIMESTAMP:
	case VALUE_TIMESTAMPTZ:
		return value_check_timestamp(type, s, n);
	case VALUE_TEXT:
	case VALUE_OTHER:
		return check_text(type, s, n);
	}
	return "wrong-type";
}

bool
value_append(struct buf *b, const struct value_type_info *type, const char *text, size_t len,
    const char **code)
{
	int64_t seconds;
	bool beyond;

	if (type->type == VALUE_TIMESTAMPTZ &&
	    value_scan_integer(text, len, &seconds, &beyond)) {
		*code = "out-of-range";
		return !beyond && value_put_epoch(b, seconds);
	}
	*code = check(type, text, len);
	if (*code != NULL)
		return false;
	if (type->type == VALUE_TEXT || type->type == VALUE_OTHER)
		put_escaped(b, text, len);
	else
		buf_put(b, text, len);
	return true;
}

void
value_append_null(struct buf *b)
{
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
