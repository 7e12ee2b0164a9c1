/*
 * The literal parser, against a second one that was written from literal.h alone and recurses.
 * Both must accept the same texts and make the same JSON of them, which is its own JSON.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <string.h>

#include "../../bin/csv2ndjson/literal_json.h"
#include "program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
	const char *at, *end;
	struct buf out;
};

static bool value(struct text *t, int depth);

static int
peek(const struct text *t)
{
	return t->at < t->end ? (unsigned char)*t->at : -1;
}

static bool
take(struct text *t, int c)
{
	if (peek(t) != c)
		return false;
	t->at++;
	return true;
}

static void
blanks(struct text *t)
{
	while (peek(t) > 0 && strchr(" \t\n\r\f", peek(t)) != NULL)
		t->at++;
}

static void
put_utf8(struct buf *b, unsigned long c)
{
	if (c < 0x80) {
		buf_putc(b, (char)c);
	} else if (c < 0x800) {
		buf_putc(b, (char)(0xc0 | c >> 6));
		buf_putc(b, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		buf_putc(b, (char)(0xe0 | c >> 12));
		buf_putc(b, (char)(0x80 | (c >> 6 & 63)));
		buf_putc(b, (char)(0x80 | (c & 63)));
	} else {
		buf_putc(b, (char)(0xf0 | c >> 18));
		buf_putc(b, (char)(0x80 | (c >> 12 & 63)));
		buf_putc(b, (char)(0x80 | (c >> 6 & 63)));
		buf_putc(b, (char)(0x80 | (c & 63)));
	}
}

/* At most `most` digits of the base, at least `least`. */
static bool
digits(struct text *t, int least, int most, unsigned base, unsigned long *n)
{
	static const char all[] = "0123456789abcdef";
	const char *found;
	int count = 0, c;

	for (*n = 0; count < most; count++, t->at++) {
		c = peek(t);
		c = c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c;
		found = c > 0 ? strchr(all, c) : NULL;
		if (found == NULL || (unsigned)(found - all) >= base)
			break;
		*n = *n * base + (unsigned long)(found - all);
	}
	return count >= least;
}

/* t is behind the backslash. */
static bool
escape(struct text *t, int quote, struct buf *b)
{
	static const char letters[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
	unsigned long n, low;
	struct text ahead;
	int c = peek(t), width = c == 'x' ? 2 : c == 'u' ? 4 : 8;
	size_t i;

	for (i = 0; i < sizeof letters - 1; i += 2)
		if (c == letters[i]) {
			buf_putc(b, letters[i + 1]);
			t->at++;
			return true;
		}
	if (c >= '0' && c <= '7') {
		digits(t, 1, 3, 8, &n);
	} else if (c == 'x' || c == 'u' || c == 'U') {
		t->at++;
		if (!digits(t, width, width, 16, &n))
			return false;
		ahead = *t;
		if (c == 'u' && n >= 0xd800 && n < 0xdc00 && take(&ahead, '\\') &&
		    take(&ahead, 'u') && digits(&ahead, 4, 4, 16, &low) && low >= 0xdc00 &&
		    low < 0xe000) {
			n = 0x10000 + (n - 0xd800) * 0x400 + low - 0xdc00;
			t->at = ahead.at;
		}
	} else {
		if (c == 'N' || c < 0)
			return false;
		if (c != '/' || quote != '"')
			buf_putc(b, '\\');
		return true;
	}
	if (n > 0x10ffff || (n >= 0xd800 && n < 0xe000))
		return false;
	put_utf8(b, n);
	return true;
}

static void
put_json(struct buf *out, const struct buf *b)
{
	static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	size_t i, k;

	buf_putc(out, '"');
	for (i = 0; i < b->len; i++) {
		for (k = 0; k < sizeof shorts - 1 && b->data[i] != shorts[k]; k += 2)
			;
		if (k < sizeof shorts - 1) {
			buf_putc(out, '\\');
			buf_putc(out, shorts[k + 1]);
		} else if ((unsigned char)b->data[i] < 0x20) {
			buf_printf(out, "\\u%04x", (unsigned)b->data[i]);
		} else {
			buf_putc(out, b->data[i]);
		}
	}
	buf_putc(out, '"');
}

static bool
string(struct text *t)
{
	struct buf b = {0};
	int quote = *t->at++, c;
	bool good = true;

	while (good && (c = peek(t)) != quote) {
		good = c > 0 && c != '\n' && c != '\r';
		t->at += good;
		if (good && c == '\\')
			good = escape(t, quote, &b);
		else if (good)
			buf_putc(&b, (char)c);
	}
	if (good) {
		t->at++;
		put_json(&t->out, &b);
	}
	buf_free(&b);
	return good;
}

static bool
number(struct text *t)
{
	const char *from = t->at;
	unsigned long n;

	take(t, '-');
	if (!take(t, '0') && !digits(t, 1, 1 << 30, 10, &n))
		return false;
	if (take(t, '.') && !digits(t, 1, 1 << 30, 10, &n))
		return false;
	if (take(t, 'e') || take(t, 'E')) {
		if (!take(t, '-'))
			take(t, '+');
		if (!digits(t, 1, 1 << 30, 10, &n))
			return false;
	}
	buf_put(&t->out, from, (size_t)(t->at - from));
	return true;
}

static bool
word(struct text *t)
{
	static const char *const words[][2] = {{"None", "null"}, {"True", "true"},
	    {"False", "false"}, {"null", "null"}, {"true", "true"}, {"false", "false"}};
	size_t i, n;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		n = strlen(words[i][0]);
		if ((size_t)(t->end - t->at) >= n && memcmp(t->at, words[i][0], n) == 0) {
			t->at += n;
			buf_puts(&t->out, words[i][1]);
			return true;
		}
	}
	return false;
}

/* An opening bracket has been taken. */
static bool
items(struct text *t, int closer, int depth)
{
	int count = 0;
	bool comma = false;

	for (blanks(t); !take(t, closer); blanks(t)) {
		if (count++ > 0)
			buf_putc(&t->out, ',');
		if (closer == '}') {
			if ((peek(t) != '"' && peek(t) != '\'') || !string(t))
				return false;
			blanks(t);
			if (!take(t, ':'))
				return false;
			buf_putc(&t->out, ':');
			blanks(t);
		}
		if (!value(t, depth))
			return false;
		blanks(t);
		comma = take(t, ',');
		if (!comma && peek(t) != closer)
			return false;
	}
	return closer != ')' || count != 1 || comma;
}

static bool
value(struct text *t, int depth)
{
	int c = peek(t), closer = c == '[' ? ']' : c == '{' ? '}' : ')';

	if (c == '[' || c == '{' || c == '(') {
		if (depth == LITERAL_DEPTH_MAX)
			return false;
		t->at++;
		buf_putc(&t->out, c == '{' ? '{' : '[');
		if (!items(t, closer, depth + 1))
			return false;
		buf_putc(&t->out, c == '{' ? '}' : ']');
		return true;
	}
	if (c == '"' || c == '\'')
		return string(t);
	return c == '-' || (c >= '0' && c <= '9') ? number(t) : word(t);
}

static bool
whole(struct text *t)
{
	blanks(t);
	if (!value(t, 0))
		return false;
	blanks(t);
	return t->at == t->end;
}

/* JSON is a literal, so it comes out as it went in. */
static void
check_json(const struct buf *json)
{
	struct buf again = {0};
	struct literal_error err;

	PROGRAM_CHECK(literal_to_json(json->data, json->len, &again, &err));
	PROGRAM_CHECK(
	    again.len == json->len && memcmp(again.data, json->data, json->len) == 0);
	buf_free(&again);
}

/* In memory of just its size, so that a read past it is seen. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact = malloc(size ? size : 1);
	struct text t = {.at = exact, .end = exact + size};
	struct buf out = {0};
	struct literal_error err = {0};
	bool good;

	memcpy(exact, data, size);
	buf_puts(&out, "x");
	good = literal_to_json(exact, size, &out, &err);
	PROGRAM_CHECK(good == whole(&t));
	if (good) {
		PROGRAM_CHECK(out.len == t.out.len + 1 &&
			      memcmp(out.data + 1, t.out.data, t.out.len) == 0);
		check_json(&t.out);
	} else {
		PROGRAM_CHECK(out.len == 1 && err.byte >= 1 && err.byte <= size + 1);
	}
	buf_free(&out);
	buf_free(&t.out);
	free(exact);
	return 0;
}
