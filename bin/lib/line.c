/* One line out of several: see line.h. */
#include "line.h"

#include <string.h>

#include "buf.h"

const char *
line_flat_n(const char *text, size_t len)
{
	static struct buf b;
	size_t i;

	buf_clear(&b);
	for (i = 0; i < len; i++) {
		if (memchr(" \t\r\n", text[i], 4) == NULL)
			buf_putc(&b, text[i]);
		else if (b.len > 0 && b.data[b.len - 1] != ' ')
			buf_putc(&b, ' ');
	}
	if (b.len > 0 && b.data[b.len - 1] == ' ')
		b.len--;
	buf_putc(&b, '\0');
	return b.data;
}

const char *
line_flat(const char *text)
{
	return line_flat_n(text, strlen(text));
}
