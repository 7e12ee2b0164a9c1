/*
 * pgload's values. The first three bytes of an input choose a type, the rest is the text. Both
 * spellings accept the same and mean the same; numbers are what the C library makes of them.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "../../bin/pgload/value.h"
#include "program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* What COPY makes of a field in the text format. */
static void
unescape(struct buf *b)
{
	static const char pairs[] = "\\\\b\bf\fn\nr\rt\tv\v";
	const char *from, *end, *found;
	char *to;

	buf_reserve(b, 1);
	from = to = b->data;
	end = from + b->len;
	while (from < end) {
		PROGRAM_CHECK(*from != '\t' && *from != '\n' && *from != '\r');
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		for (found = pairs; *found != '\0' && *found != from[1]; found += 2)
			;
		PROGRAM_CHECK(end - from >= 2 && *found != '\0');
		*to++ = found[1];
		from += 2;
	}
	b->len = (size_t)(to - b->data);
}

static uint64_t
big_endian(const char *p, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | (unsigned char)*p++;
	return v;
}

static void
check_whole(const char *text, const struct buf *b)
{
	size_t n = b->len - 4;
	uint64_t mask = n == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * n)) - 1;
	long long want;

	errno = 0;
	want = strtoll(text, NULL, 10);
	PROGRAM_CHECK(errno == 0 && ((uint64_t)want & mask) == big_endian(b->data + 4, n));
}

static void
check_float(const char *text, const struct buf *b)
{
	float narrow = strtof(text, NULL);
	double wide = strtod(text, NULL);
	uint32_t bits32;
	uint64_t bits64;

	memcpy(&bits32, &narrow, sizeof bits32);
	memcpy(&bits64, &wide, sizeof bits64);
	PROGRAM_CHECK(big_endian(b->data + 4, b->len - 4) == (b->len == 8 ? bits32 : bits64));
}

/* Digits without zeros at either end, and the power of ten of the last. */
struct digits {
	struct buf d;
	long long power;
	bool negative;
};

static void
trim(struct digits *n)
{
	size_t zeros = 0;

	while (n->d.len > 0 && n->d.data[n->d.len - 1] == '0') {
		n->d.len--;
		n->power++;
	}
	while (zeros < n->d.len && n->d.data[zeros] == '0')
		zeros++;
	if (zeros > 0) {
		memmove(n->d.data, n->d.data + zeros, n->d.len - zeros);
		n->d.len -= zeros;
	}
	if (n->d.len == 0) {
		n->power = 0;
		n->negative = false;
	}
}

static void
digits_of_text(const char *s, struct digits *n)
{
	bool point = false;

	n->negative = *s == '-';
	for (s += *s == '-' || *s == '+'; *s != '\0' && *s != 'e' && *s != 'E'; s++) {
		if (*s == '.') {
			point = true;
			continue;
		}
		buf_putc(&n->d, *s);
		n->power -= point;
	}
	if (*s != '\0')
		n->power += strtoll(s + 1, NULL, 10);
	trim(n);
}

static void
digits_of_binary(const char *p, struct digits *n)
{
	long long groups = (long long)big_endian(p, 2), i;

	for (i = 0; i < groups; i++)
		buf_printf(&n->d, "%04u", (unsigned)big_endian(p + 8 + 2 * i, 2));
	n->power = 4 * ((long long)(int16_t)big_endian(p + 2, 2) - groups + 1);
	n->negative = big_endian(p + 4, 2) == 0x4000;
	PROGRAM_CHECK(n->negative || big_endian(p + 4, 2) == 0);
	trim(n);
}

static void
check_numeric(const char *text, const struct buf *b)
{
	struct digits want = {0}, got = {0};

	digits_of_text(text, &want);
	digits_of_binary(b->data + 4, &got);
	PROGRAM_CHECK(b->len == 12 + 2 * big_endian(b->data + 4, 2));
	PROGRAM_CHECK(want.power == got.power && want.negative == got.negative);
	PROGRAM_CHECK(same(&want.d, &got.d));
	buf_free(&want.d);
	buf_free(&got.d);
}

static void
check_meaning(enum value_type type, const char *text, size_t n, const struct buf *binary)
{
	PROGRAM_CHECK(big_endian(binary->data, 4) == binary->len - 4);
	switch (type) {
	case VALUE_SMALLINT:
	case VALUE_INTEGER:
	case VALUE_BIGINT:
		check_whole(text, binary);
		break;
	case VALUE_REAL:
	case VALUE_DOUBLE:
		check_float(text, binary);
		break;
	case VALUE_NUMERIC:
		check_numeric(text, binary);
		break;
	case VALUE_TEXT:
		PROGRAM_CHECK(binary->len == n + 4 && memcmp(binary->data + 4, text, n) == 0);
		break;
	default:
		break;
	}
}

static void
check(const struct value_type_info *type, const char *text, size_t n)
{
	struct buf spelled = {0}, binary = {0}, again = {0};
	const char *code = NULL, *other = NULL;
	bool good = value_append(&spelled, VALUE_AS_TEXT, type, text, n, &code);

	if (type->type == VALUE_OTHER) {
		if (good)
			unescape(&spelled);
	} else {
		PROGRAM_CHECK(
		    value_append(&binary, VALUE_AS_BINARY, type, text, n, &other) == good);
		PROGRAM_CHECK(good || strcmp(code, other) == 0);
	}
	PROGRAM_CHECK(good || (spelled.len == 0 && binary.len == 0));
	if (good && type->type != VALUE_OTHER) {
		check_meaning(type->type, text, n, &binary);
		unescape(&spelled);
		buf_putc(&spelled, '\0');
		PROGRAM_CHECK(value_append(
		    &again, VALUE_AS_BINARY, type, spelled.data, spelled.len - 1, &code));
		PROGRAM_CHECK(same(&binary, &again));
	}
	buf_free(&spelled);
	buf_free(&binary);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct value_type_info type = {0};
	char *text;

	if (size < 3)
		return 0;
	type.type = data[0] % (VALUE_OTHER + 1);
	type.limited = data[0] & 128;
	type.precision = type.type == VALUE_NUMERIC ? 1 + data[1] % 40 : data[1] % 7;
	type.scale = type.type == VALUE_NUMERIC ? data[2] % 60 - 10 : 0;
	type.max_characters = data[1];
	text = malloc(size - 2);
	memcpy(text, data + 3, size - 3);
	text[size - 3] = '\0';
	check(&type, text, size - 3);
	free(text);
	return 0;
}
