/* Writing JSON: see json.h. */
#include "json.h"

#include <stdbool.h>

#include "word.h"

enum { LONGEST_ESCAPE = 6 };

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static size_t
escape(unsigned char c, char *to)
{
	static const char hex[] = "0123456789abcdef";
	static const char named[0x20] = {
	    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

	to[0] = '\\';
	if (c >= 0x20 || named[c]) {
		to[1] = c >= 0x20 ? (char)c : named[c];
		return 2;
	}
	memcpy(to + 1, "u00", 3);
	to[4] = hex[c >> 4];
	to[5] = hex[c & 15];
	return LONGEST_ESCAPE;
}

static bool
word_is_plain(uint64_t word)
{
	return !word_has_below(word, 0x20) && !word_has(word, '"') && !word_has(word, '\\');
}

/* How many bytes from s on need no escape. */
static size_t
plain_run(const char *s, size_t n)
{
	size_t i;

	for (i = 0; n - i >= sizeof(uint64_t); i += sizeof(uint64_t))
		if (!word_is_plain(word_at(s + i)))
			break;
	if (n - i < sizeof(uint64_t) && word_is_plain(word_of(s + i, n - i)))
		return n;
	while (i < n && is_plain((unsigned char)s[i]))
		i++;
	return i;
}

/* Room for the worst case is made once for each run, so that the loop only moves bytes. */
void
json_put_string(struct buf *b, const char *s, size_t n)
{
	size_t run;

	buf_putc(b, '"');
	for (;;) {
		run = plain_run(s, n);
		buf_put(b, s, run);
		s += run;
		n -= run;
		if (n == 0)
			break;
		buf_reserve(b, LONGEST_ESCAPE);
		b->len += escape((unsigned char)*s++, b->data + b->len);
		n--;
	}
	buf_putc(b, '"');
}

void
json_put_text(struct buf *b, const char *s)
{
	if (s == NULL)
		buf_puts(b, "null");
	else
		json_put_string(b, s, strlen(s));
}
