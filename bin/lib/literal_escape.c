/* The escapes in a string of a literal: see literal_escape.h. */
#include "literal_escape.h"

#include <stdbool.h>

#include "utf8.h"

/* What stands for one byte; none of them is NUL. */
static const char single[256] = {
    ['\\'] = '\\',
    ['\''] = '\'',
    ['"'] = '"',
    ['a'] = '\a',
    ['b'] = '\b',
    ['f'] = '\f',
    ['n'] = '\n',
    ['r'] = '\r',
    ['t'] = '\t',
    ['v'] = '\v',
};

/* The value of a hexadecimal digit, 16 of any other character. */
static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A' + 10);
	return 16;
}

static bool
read_hex(const char **p, const char *end, int digits, uint32_t *code)
{
	*code = 0;
	for (; digits > 0; digits--) {
		if (*p == end || digit(**p) > 15)
			return false;
		*code = *code << 4 | digit(*(*p)++);
	}
	return true;
}

/* One to three digits; *p is at the first. */
static uint32_t
read_octal(const char **p, const char *end)
{
	uint32_t code = 0;
	int n;

	for (n = 0; n < 3 && *p < end && digit(**p) < 8; n++)
		code = code << 3 | digit(*(*p)++);
	return code;
}

static bool
is_low_surrogate(uint32_t code)
{
	return code >= 0xdc00 && code <= 0xdfff;
}

/* Joins a high surrogate with the \u escape that must follow; else leaves it as it is. */
static uint32_t
join_surrogates(const char **p, const char *end, uint32_t high)
{
	const char *q = *p + 2;
	uint32_t low;

	if (high < 0xd800 || high > 0xdbff || end - *p < 6 || memcmp(*p, "\\u", 2) != 0 ||
	    !read_hex(&q, end, 4, &low) || !is_low_surrogate(low))
		return high;
	*p = q;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static const char *
put_code(struct buf *out, uint32_t code)
{
	if (code > 0x10ffff)
		return "an escape past U+10FFFF";
	if (code >= 0xd800 && code <= 0xdfff)
		return "half of a surrogate pair";
	buf_reserve(out, 4);
	out->len += utf8_encode(code, out->data + out->len);
	return NULL;
}

static const char *
put_hex(const char **p, const char *end, char letter, struct buf *out)
{
	int digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
	uint32_t code;

	if (!read_hex(p, end, digits, &code))
		return "an escape lacks hexadecimal digits";
	if (letter == 'u')
		code = join_surrogates(p, end, code);
	return put_code(out, code);
}

const char *
literal_escape(const char **p, const char *end, char quote, struct buf *out)
{
	char c;

	c = *++*p;
	if (single[(unsigned char)c] != '\0') {
		buf_putc(out, single[(unsigned char)c]);
		(*p)++;
		return NULL;
	}
	if (c == 'x' || c == 'u' || c == 'U') {
		(*p)++;
		return put_hex(p, end, c, out);
	}
	if (digit(c) < 8)
		return put_code(out, read_octal(p, end));
	if (c == 'N')
		return "characters by name (\\N) are not read";
	if (c != '/' || quote != '"')
		buf_putc(out, '\\');
	return NULL;
}
