/* Writing JSON: see json.h. */
#include "json.h"

#include <stdbool.h>

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

/* Room for the worst case is made once for each run, so that the loop only moves bytes. */
void
json_put_string(struct buf *b, const char *s, size_t n)
{
	size_t i = 0, run;
	char *to;

	buf_putc(b, '"');
	while (i < n) {
		for (run = i; run < n && is_plain((unsigned char)s[run]); run++)
			;
		buf_put(b, s + i, run - i);
		i = run;
		buf_reserve(b, LONGEST_ESCAPE);
		to = b->data + b->len;
		if (i < n)
			b->len += escape((unsigned char)s[i++], to);
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
