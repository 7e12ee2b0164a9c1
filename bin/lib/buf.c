/* A growing byte buffer: see buf.h. */
#include "buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "msg.h"

enum { SMALLEST = 256 };

void
buf_grow(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : SMALLEST;
	char *data;

	if (more > SIZE_MAX / 2 - b->len)
		msg_die(EX_IOERR, "memory: a buffer would exceed the address space");
	while (cap - b->len < more)
		cap *= 2;
	data = realloc(b->data, cap);
	if (data == NULL)
		msg_die_errno("memory: %zu bytes", cap);
	b->data = data;
	b->cap = cap;
}

void
buf_put_u64(struct buf *b, uint64_t n)
{
	char digits[20];
	size_t i = sizeof digits;

	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	buf_put(b, digits + i, sizeof digits - i);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		msg_die_errno("memory: formatting");
	buf_reserve(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}
