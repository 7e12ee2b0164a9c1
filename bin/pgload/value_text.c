/* One value as a field of the text format: as it came, but for what COPY takes for its own. */
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

/* Appends a number with leading zeros, and a byte behind it. */
static void
put_number(struct buf *b, int64_t n, int width, char behind)
{
	int i;

	buf_reserve(b, (size_t)width + 1);
	for (i = width; i-- > 0; n /= 10)
		b->data[b->len + (size_t)i] = (char)('0' + n % 10);
	b->len += (size_t)width;
	buf_putc(b, behind);
}

/*
 * The civil date of a day counted from 1970-01-01, proleptic Gregorian. Years are counted
 * from March, so that the leap day is a year's last, in eras of 400 years.
 */
static void
put_civil(struct buf *b, int64_t day)
{
	int64_t d = day + 719468; /* from 0000-03-01; positive for years from 1 */
	int64_t era = d / 146097, of_era = d % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153;
	int64_t month = m < 10 ? m + 3 : m - 9;

	put_number(b, 400 * era + year + (month <= 2), 4, '-');
	put_number(b, month, 2, '-');
	put_number(b, of_year - (153 * m + 2) / 5 + 1, 2, ' ');
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
	put_civil(b, day);
	put_number(b, rest / 3600, 2, ':');
	put_number(b, rest / 60 % 60, 2, ':');
	put_number(b, rest % 60, 2, 'Z');
}

void
value_put_text(struct buf *b, const struct value_type_info *type, const char *s, size_t n,
    const struct value *v)
{
	if (type->type == VALUE_TEXT || type->type == VALUE_OTHER)
		put_escaped(b, s, n);
	else if (type->type == VALUE_TIMESTAMPTZ && v->is_epoch)
		put_instant(b, v->number);
	else
		buf_put(b, s, n);
}
