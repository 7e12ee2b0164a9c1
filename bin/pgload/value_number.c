/*
 * Numbers. Whole numbers are [+-]digits, for integer columns also with zeros behind a point;
 * the others [+-](digits[.digits] | .digits) with an optional exponent. No blanks, no NaN, no
 * infinity, no hexadecimal.
 */
#include <math.h>
#include <stdlib.h>

#include "value_read.h"

enum {
	NUMERIC_BEFORE_POINT = 131072,
	NUMERIC_AFTER_POINT = 16383,
	EXPONENT_MAX = 1000000, /* far outside of either; keeps the sums below in range */
	SAFE_DIGITS = 18        /* int64_t holds any so many */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
skip_sign(const char *s, size_t n)
{
	return n > 0 && (s[0] == '+' || s[0] == '-') ? 1 : 0;
}

bool
value_scan_integer(const char *s, size_t n, int64_t *value, bool *beyond)
{
	size_t i = skip_sign(s, n), safe = n - i > SAFE_DIGITS ? i + SAFE_DIGITS : n;
	int64_t v = 0; /* gathered below zero, where int64_t reaches one further */

	*beyond = false;
	if (i == n)
		return false;
	for (; i < safe && is_digit(s[i]); i++)
		v = 10 * v - (s[i] - '0');
	for (; i < n; i++) {
		int64_t digit = s[i] - '0';
		if (!is_digit(s[i]))
			return false;
		*beyond = *beyond || __builtin_mul_overflow(v, INT64_C(10), &v) ||
			  __builtin_sub_overflow(v, digit, &v);
	}
	if (s[0] != '-' && __builtin_sub_overflow(INT64_C(0), v, &v))
		*beyond = true;
	*value = v;
	return true;
}

/* 5415.0, as pandas writes a column that lacks values: the bytes before a point that nothing
 * but zeros follow; n if there is none. */
static size_t
whole_part(const char *s, size_t n)
{
	size_t i = n;

	while (i > 0 && s[i - 1] == '0')
		i--;
	return i > 0 && i < n && s[i - 1] == '.' ? i - 1 : n;
}

const char *
value_read_integer(enum value_type type, const char *s, size_t n, struct value *v)
{
	int64_t most = INT64_MAX;
	bool beyond;

	v->len = n;
	if (!value_scan_integer(s, n, &v->number, &beyond)) {
		v->len = whole_part(s, n);
		if (v->len == n || !value_scan_integer(s, v->len, &v->number, &beyond))
			return "bad-integer";
	}
	if (type == VALUE_INTEGER)
		most = INT32_MAX;
	else if (type == VALUE_SMALLINT)
		most = INT16_MAX;
	return beyond || v->number > most || v->number < -most - 1 ? "out-of-range" : NULL;
}

/* Reads the exponent at s[i], if there is one: i may be n. */
static bool
scan_exponent(const char *s, size_t n, size_t i, struct decimal *d, int64_t *exponent)
{
	*exponent = 0;
	if (i == n)
		return true;
	if (s[i] != 'e' && s[i] != 'E')
		return false;
	i++;
	if (!value_scan_integer(s + i, n - i, exponent, &d->huge))
		return false;
	d->huge = d->huge || *exponent > EXPONENT_MAX || *exponent < -EXPONENT_MAX;
	return true;
}

/* Counts a run of digits from *i on and notes, counted from first, those that are not 0. */
static size_t
scan_digits(const char *s, size_t n, size_t *i, size_t first, int64_t *head, int64_t *tail)
{
	size_t start = *i;

	for (; *i < n && is_digit(s[*i]); ++*i) {
		if (s[*i] == '0')
			continue;
		*tail = (int64_t)(first + (*i - start));
		if (*head < 0)
			*head = *tail;
	}
	return *i - start;
}

static bool
scan_decimal(const char *s, size_t n, struct decimal *d)
{
	size_t i = skip_sign(s, n), whole, fraction = 0;
	int64_t head = -1, tail = -1, exponent;

	*d = (struct decimal){0};
	whole = scan_digits(s, n, &i, 0, &head, &tail);
	if (i < n && s[i] == '.') {
		i++;
		fraction = scan_digits(s, n, &i, whole, &head, &tail);
		if (fraction == 0)
			return false;
	}
	if (whole + fraction == 0 || !scan_exponent(s, n, i, d, &exponent))
		return false;
	if (d->huge)
		return true;
	d->zero = head < 0;
	d->negative = s[0] == '-';
	d->first = (int64_t)whole - 1 + exponent;
	d->high = d->first - head;
	d->low = d->first - tail;
	d->decimals = (int64_t)fraction > exponent ? (int64_t)fraction - exponent : 0;
	return true;
}

const char *
value_read_numeric(
    const struct value_type_info *type, const char *s, size_t n, struct value *v)
{
	struct decimal *d = &v->decimal;
	bool fits;

	if (!scan_decimal(s, n, d))
		return "bad-number";
	if (d->huge)
		return "out-of-range";
	if (type->limited) /* the server would round what lies below the scale */
		fits = d->zero || (d->low >= -type->scale &&
				      d->high < (int64_t)type->precision - type->scale);
	else
		fits = d->decimals <= NUMERIC_AFTER_POINT &&
		       (d->zero || d->high < NUMERIC_BEFORE_POINT);
	return fits ? NULL : "out-of-range";
}

/*
 * The nearest binary number stands for the decimal; one that would become infinite, or zero
 * without being it, is out of range here as in the server.
 */
const char *
value_read_float(enum value_type type, const char *s, size_t n, struct value *v)
{
	struct decimal d;

	if (!scan_decimal(s, n, &d))
		return "bad-number";
	if (d.huge)
		return "out-of-range";
	v->real = type == VALUE_REAL ? (double)strtof(s, NULL) : strtod(s, NULL);
	return isinf(v->real) || (v->real == 0 && !d.zero) ? "out-of-range" : NULL;
}
