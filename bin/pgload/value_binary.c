/* One value as a field of COPY's binary format: see value_binary.h. */
#include "value_binary.h"

#include "value_read.h"

enum {
	DAYS_TO_2000 = 10957, /* from 1970, where our days and microseconds begin */
	GROUP = 4,            /* decimal digits in each of a numeric's own */
	NUMERIC_NEGATIVE = 0x4000
};

static const int64_t micros_to_2000 = INT64_C(946684800000000);

void
binary_put_head(struct buf *b)
{
	static const char signature[] = "PGCOPY\n\377\r\n"; /* its NUL is part of it */

	buf_put(b, signature, sizeof signature);
	binary_put(b, 0, 4); /* flags */
	binary_put(b, 0, 4); /* bytes of the header's extension */
}

void
binary_put_end(struct buf *b)
{
	binary_put(b, UINT16_MAX, 2);
}

static void
put_real(struct buf *b, double value)
{
	float narrow = (float)value;
	uint32_t bits;

	memcpy(&bits, &narrow, sizeof bits);
	binary_put_whole(b, bits, sizeof bits);
}

static void
put_double(struct buf *b, double value)
{
	int64_t bits;

	memcpy(&bits, &value, sizeof bits);
	binary_put_whole(b, bits, sizeof bits);
}

/* Which of a numeric's own digits holds that power of ten: rounds down, as / does not. */
static int64_t
group_of(int64_t power)
{
	return power >= 0 ? power / GROUP : -((GROUP - 1 - power) / GROUP);
}

/* The written digits from the first to the last that is not 0, gathered into groups. */
static void
put_groups(struct buf *b, const char *s, const struct decimal *d)
{
	static const unsigned worth[GROUP] = {1, 10, 100, 1000};
	int64_t power = d->first, at = group_of(d->high), group;
	unsigned sum = 0;

	for (s += *s == '-' || *s == '+'; power >= d->low; s++) {
		if (*s == '.')
			continue;
		group = group_of(power);
		if (group < at) {
			binary_put(b, sum, 2);
			sum = 0;
			at = group;
		}
		sum += (unsigned)(*s - '0') * worth[power - GROUP * group];
		power--;
	}
	binary_put(b, sum, 2);
}

static void
put_numeric(
    struct buf *b, const struct value_type_info *type, const char *s, const struct decimal *d)
{
	int64_t weight = d->zero ? 0 : group_of(d->high);
	uint64_t groups = d->zero ? 0 : (uint64_t)(weight - group_of(d->low) + 1);
	int64_t decimals = d->decimals;

	/* What a limited column shows is its own scale; more zeros than that mean nothing. */
	if (type->limited && decimals > type->scale)
		decimals = type->scale < 0 ? 0 : type->scale;
	binary_put(b, 8 + 2 * groups, BINARY_LENGTH);
	binary_put(b, groups, 2);
	binary_put(b, (uint64_t)weight, 2);
	binary_put(b, d->negative && !d->zero ? NUMERIC_NEGATIVE : 0, 2);
	binary_put(b, (uint64_t)decimals, 2);
	if (!d->zero)
		put_groups(b, s, d);
}

void
value_put_binary(struct buf *b, const struct value_type_info *type, const char *s, size_t n,
    const struct value *v)
{
	switch (type->type) {
	case VALUE_SMALLINT:
		binary_put_whole(b, v->number, 2);
		break;
	case VALUE_INTEGER:
		binary_put_whole(b, v->number, 4);
		break;
	case VALUE_BIGINT:
		binary_put_whole(b, v->number, 8);
		break;
	case VALUE_NUMERIC:
		put_numeric(b, type, s, &v->decimal);
		break;
	case VALUE_REAL:
		put_real(b, v->real);
		break;
	case VALUE_DOUBLE:
		put_double(b, v->real);
		break;
	case VALUE_BOOLEAN:
		binary_put_whole(b, v->number, 1);
		break;
	case VALUE_DATE:
		binary_put_whole(b, v->number - DAYS_TO_2000, 4);
		break;
	case VALUE_TIMESTAMP:
	case VALUE_TIMESTAMPTZ:
		binary_put_whole(b, v->number - micros_to_2000, 8);
		break;
	case VALUE_TEXT:
	case VALUE_OTHER:
		binary_put(b, n, BINARY_LENGTH);
		buf_put(b, s, n);
	}
}
