/* One value as a field of the text format: as it came, but for what COPY takes for its own. */
#include "civil.h"
#include "value_read.h"

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

/* Appends a number with leading zeros. */
static void
put_number(struct buf *b, int64_t n, int width)
{
	int i;

	buf_reserve(b, (size_t)width);
	for (i = width; i-- > 0; n /= 10)
		b->data[b->len + (size_t)i] = (char)('0' + n % 10);
	b->len += (size_t)width;
}

/* A day, counted from 1970, as YYYY-MM-DD. */
static void
put_day(struct buf *b, int64_t day)
{
	struct civil date = civil_from_day(day);

	put_number(b, date.year, 4);
	buf_putc(b, '-');
	put_number(b, date.month, 2);
	buf_putc(b, '-');
	put_number(b, date.day, 2);
}

/* An instant of whole seconds, from year 1 to 9999. */
static void
put_instant(struct buf *b, int64_t micros)
{
	int64_t seconds = micros / MICROS;
	int64_t day = seconds / SECONDS_PER_DAY, rest = seconds % SECONDS_PER_DAY;

	if (rest < 0) {
		day--;
		rest += SECONDS_PER_DAY;
	}
	put_day(b, day);
	buf_putc(b, ' ');
	put_number(b, rest / 3600, 2);
	buf_putc(b, ':');
	put_number(b, rest / 60 % 60, 2);
	buf_putc(b, ':');
	put_number(b, rest % 60, 2);
	buf_putc(b, 'Z');
}

/* A day that is not ISO 8601's is written anew; what follows it stays. */
static void
put_moment(struct buf *b, const char *s, size_t n, const struct value *v)
{
	if (v->is_epoch) {
		put_instant(b, v->number);
		return;
	}
	if (v->day_len > 0)
		put_day(b, v->day);
	buf_put(b, s + v->day_len, n - v->day_len);
}

void
value_put_text(struct buf *b, const struct value_type_info *type, const char *s, size_t n,
    const struct value *v)
{
	switch (type->type) {
	case VALUE_TEXT:
	case VALUE_OTHER:
		put_escaped(b, s, n);
		return;
	case VALUE_SMALLINT:
	case VALUE_INTEGER:
	case VALUE_BIGINT:
		buf_put(b, s, v->len);
		return;
	case VALUE_DATE:
	case VALUE_TIMESTAMP:
	case VALUE_TIMESTAMPTZ:
		put_moment(b, s, n, v);
		return;
	default:
		buf_put(b, s, n);
	}
}
