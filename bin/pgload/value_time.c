/*
 * Dates and times as ISO 8601 writes them: YYYY-MM-DD, a T or a blank, HH:MM[:SS[.ffffff]],
 * and for timestamptz Z or +-HH[:MM]. Real days only, years 0001 to 9999, no leap second,
 * no hour 24: all that would mean another instant once the server has read it. A timestamptz
 * may also be seconds since 1970, [+-]digits.
 *
 * value_set_dates adds M/D/YYYY or D/M/YYYY: one or two digits, a slash, a dot or a hyphen,
 * the same twice. The hour may have one digit then. Two digits for a year are not enough.
 */
#include <string.h>

#include "civil.h"
#include "value_read.h"

enum { MICRO_DIGITS = 6, ZONE_HOUR_MAX = 15 };

static enum value_dates dates;

void
value_set_dates(enum value_dates order)
{
	dates = order;
}

/* Does it look like a day with slashes or dots? */
const char *
value_hint(const char *code, const char *text, size_t len)
{
	bool is_time = strcmp(code, "bad-date") == 0 || strcmp(code, "bad-timestamp") == 0;

	if (!is_time || memchr(text, '/', len < 3 ? len : 3) == NULL)
		return "";
	return dates == VALUE_ISO   ? " (--dates mdy or --dates dmy reads 10/30/1995)"
	       : dates == VALUE_MDY ? " (--dates mdy)"
				    : " (--dates dmy)";
}

/* Reads width digits at *s into *value, which must be from low to high, and steps over them.
 */
static bool
take_number(const char **s, const char *end, int width, int low, int high, int *value)
{
	int i;

	if (end - *s < width)
		return false;
	for (*value = i = 0; i < width; i++) {
		char c = *(*s)++;
		if (c < '0' || c > '9')
			return false;
		*value = 10 * *value + (c - '0');
	}
	return *value >= low && *value <= high;
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
days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Reads YYYY-MM-DD, a real day, and steps over it. */
static bool
take_date(const char **s, const char *end, int64_t *result)
{
	int year, month, day;

	if (!take_number(s, end, 4, 1, 9999, &year) || !take_char(s, end, '-') ||
	    !take_number(s, end, 2, 1, 12, &month) || !take_char(s, end, '-') ||
	    !take_number(s, end, 2, 1, 31, &day) || day > days_in_month(year, month))
		return false;
	*result = civil_to_day((struct civil){year, month, day});
	return true;
}

/* One or two digits and what stands behind them, which must be the mark, or sets it. */
static bool
take_short(const char **s, const char *end, char *mark, int *value)
{
	int width = end - *s > 1 && (*s)[1] >= '0' && (*s)[1] <= '9' ? 2 : 1;

	if (!take_number(s, end, width, 1, 31, value) || *s == end)
		return false;
	if (*mark == 0 && (**s == '/' || **s == '.' || **s == '-'))
		*mark = **s;
	return take_char(s, end, *mark);
}

/* M/D/YYYY or D/M/YYYY. */
static bool
take_ordered(const char **s, const char *end, int64_t *result)
{
	int first, second, year, month, day;
	char mark = 0;

	if (!take_short(s, end, &mark, &first) || !take_short(s, end, &mark, &second) ||
	    !take_number(s, end, 4, 1, 9999, &year))
		return false;
	month = dates == VALUE_MDY ? first : second;
	day = dates == VALUE_MDY ? second : first;
	if (month > 12 || day > days_in_month(year, month))
		return false;
	*result = civil_to_day((struct civil){year, month, day});
	return true;
}

/* A day in either form. */
static bool
take_day(const char **s, const char *end, struct value *v)
{
	const char *start = *s;

	v->is_epoch = false;
	v->day_len = 0;
	if (take_date(s, end, &v->number))
		return true;
	*s = start;
	if (dates == VALUE_ISO || !take_ordered(s, end, &v->number))
		return false;
	v->day = v->number;
	v->day_len = (size_t)(*s - start);
	return true;
}

const char *
value_read_date(const char *s, size_t n, struct value *v)
{
	const char *end = s + n;

	return take_day(&s, end, v) && s == end ? NULL : "bad-date";
}

/* .f to .ffffff; *decimals: as many of them as matter. */
static bool
take_fraction(const char **s, const char *end, int *decimals, int64_t *micros)
{
	const char *start = *s;
	int64_t worth = MICROS / 10;

	for (; *s < end && **s >= '0' && **s <= '9'; ++*s, worth /= 10) {
		*micros += worth * (**s - '0');
		if (**s != '0' && worth > 0)
			*decimals = (int)(*s - start) + 1;
	}
	return *s > start && *s - start <= MICRO_DIGITS;
}

/* HH:MM[:SS[.f]]; adds it to *micros. */
static bool
take_time(const char **s, const char *end, int hour_width, int *decimals, int64_t *micros)
{
	int hour, minute, second = 0;

	if (!take_number(s, end, hour_width, 0, 23, &hour) || !take_char(s, end, ':') ||
	    !take_number(s, end, 2, 0, 59, &minute))
		return false;
	if (take_char(s, end, ':')) {
		if (!take_number(s, end, 2, 0, 59, &second))
			return false;
		if (take_char(s, end, '.') && !take_fraction(s, end, decimals, micros))
			return false;
	}
	*micros += MICROS * (3600 * hour + 60 * minute + second);
	return true;
}

/* Z or +-HH[:MM]; none is fine as well. Takes it off *micros. */
static bool
take_zone(const char **s, const char *end, int64_t *micros)
{
	int hours, minutes = 0, sign = 1;

	if (*s == end || take_char(s, end, 'Z'))
		return true;
	if (take_char(s, end, '-'))
		sign = -1;
	else if (!take_char(s, end, '+'))
		return false;
	if (!take_number(s, end, 2, 0, ZONE_HOUR_MAX, &hours))
		return false;
	if (take_char(s, end, ':') && !take_number(s, end, 2, 0, 59, &minutes))
		return false;
	*micros -= MICROS * 60 * sign * (60 * hours + minutes);
	return true;
}

/* Seconds since 1970; years 1 to 9999 as everywhere. */
static const char *
read_epoch(int64_t seconds, bool beyond, struct value *v)
{
	static const int64_t first = INT64_C(-62135596800), last = INT64_C(253402300799);

	if (beyond || seconds < first || seconds > last)
		return "out-of-range";
	v->number = MICROS * seconds;
	v->is_epoch = true;
	v->day_len = 0;
	return NULL;
}

const char *
value_read_timestamp(
    const struct value_type_info *type, const char *s, size_t n, struct value *v)
{
	const char *end = s + n;
	bool zone = type->type == VALUE_TIMESTAMPTZ, beyond;
	int decimals = 0, hour_width = 2;

	if (zone && value_scan_integer(s, n, &v->number, &beyond))
		return read_epoch(v->number, beyond, v);
	if (!take_day(&s, end, v))
		return "bad-timestamp";
	v->number *= MICROS * SECONDS_PER_DAY;
	if (s == end)
		return NULL;
	if (!take_char(&s, end, 'T') && !take_char(&s, end, ' '))
		return "bad-timestamp";
	if (v->day_len > 0 && end - s > 1 && s[1] == ':')
		hour_width = 1;
	if (!take_time(&s, end, hour_width, &decimals, &v->number) ||
	    (zone && !take_zone(&s, end, &v->number)) || s != end)
		return "bad-timestamp";
	/* timestamp(3) would round what is finer */
	return type->limited && decimals > type->scale ? "out-of-range" : NULL;
}
