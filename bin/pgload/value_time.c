/*
 * Dates and times as ISO 8601 writes them: YYYY-MM-DD, a T or a blank, HH:MM[:SS[.ffffff]],
 * and for timestamptz Z or +-HH[:MM]. Real days only, years 0001 to 9999, no leap second,
 * no hour 24: all that would mean another instant once the server has read it.
 */
#include "value_check.h"

enum { DATE_LEN = 10, SECONDS_PER_DAY = 86400, MICRO_DIGITS = 6, ZONE_HOUR_MAX = 15 };

/* Reads width digits at *s into *value, which must be from low to high, and steps over them.
 */
static bool
take_number(const char **s, const char *end, int width, int low, int high)
{
	int value = 0, i;

	if (end - *s < width)
		return false;
	for (i = 0; i < width; i++) {
		char c = *(*s)++;
		if (c < '0' || c > '9')
			return false;
		value = 10 * value + (c - '0');
	}
	return value >= low && value <= high;
}

static bool
take_char(const char **s, const char *end, char c)
{
	if (*s == end || **s != c)
		return false;
	++*s;
	return true;
}

static int
two_digits(const char *s)
{
	return 10 * (s[0] - '0') + (s[1] - '0');
}

static int
days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Is s[0..10) a real day? */
static bool
is_date(const char *s, size_t n)
{
	const char *p = s, *end = s + n;
	int year;

	if (!take_number(&p, end, 4, 1, 9999) || !take_char(&p, end, '-') ||
	    !take_number(&p, end, 2, 1, 12) || !take_char(&p, end, '-') ||
	    !take_number(&p, end, 2, 1, 31))
		return false;
	year = 100 * two_digits(s) + two_digits(s + 2);
	return two_digits(s + 8) <= days_in_month(year, two_digits(s + 5));
}

const char *
value_check_date(const char *s, size_t n)
{
	return n == DATE_LEN && is_date(s, n) ? NULL : "bad-date";
}

/* .f to .ffffff; *decimals: as many of them as matter. */
static bool
take_fraction(const char **s, const char *end, int *decimals)
{
	const char *start = *s;

	for (; *s < end && **s >= '0' && **s <= '9'; ++*s)
		if (**s != '0' && *s - start < MICRO_DIGITS)
			*decimals = (int)(*s - start) + 1;
	return *s > start && *s - start <= MICRO_DIGITS;
}

/* HH:MM[:SS[.f]] */
static bool
take_time(const char **s, const char *end, int *decimals)
{
	if (!take_number(s, end, 2, 0, 23) || !take_char(s, end, ':') ||
	    !take_number(s, end, 2, 0, 59))
		return false;
	if (!take_char(s, end, ':'))
		return true;
	if (!take_number(s, end, 2, 0, 59))
		return false;
	return !take_char(s, end, '.') || take_fraction(s, end, decimals);
}

/* Z or +-HH[:MM]; none is fine as well. */
static bool
take_zone(const char **s, const char *end)
{
	if (*s == end || take_char(s, end, 'Z'))
		return true;
	if (!take_char(s, end, '+') && !take_char(s, end, '-'))
		return false;
	if (!take_number(s, end, 2, 0, ZONE_HOUR_MAX))
		return false;
	return !take_char(s, end, ':') || take_number(s, end, 2, 0, 59);
}

const char *
value_check_timestamp(const struct value_type_info *type, const char *s, size_t n)
{
	const char *p, *end = s + n;
	bool zone = type->type == VALUE_TIMESTAMPTZ;
	int decimals = 0;

	if (n < DATE_LEN || !is_date(s, n))
		return "bad-timestamp";
	if (n == DATE_LEN)
		return NULL;
	p = s + DATE_LEN;
	if (!take_char(&p, end, 'T') && !take_char(&p, end, ' '))
		return "bad-timestamp";
	if (!take_time(&p, end, &decimals) || (zone && !take_zone(&p, end)) || p != end)
		return "bad-timestamp";
	/* timestamp(3) would round what is finer */
	return type->limited && decimals > type->scale ? "out-of-range" : NULL;
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

bool
value_put_epoch(struct buf *b, int64_t seconds)
{
	static const int64_t first = INT64_C(-62135596800), last = INT64_C(253402300799);
	int64_t day, rest;

	if (seconds < first || seconds > last)
		return false;
	day = seconds / SECONDS_PER_DAY;
	rest = seconds % SECONDS_PER_DAY;
	if (rest < 0) {
		day--;
		rest += SECONDS_PER_DAY;
	}
	put_civil(b, day);
	put_number(b, rest / 3600, 2, ':');
	put_number(b, rest / 60 % 60, 2, ':');
	put_number(b, rest % 60, 2, 'Z');
	return true;
}
