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

/* Two digits at a time: a division costs as much as all the rest of it. */
void
buf_put_u64(struct buf *b, uint64_t n)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627"
				    "28293031323334353637383940414243444546474849505152535455"
				    "56575859606162636465666768697071727374757677787980818283"
				    "84858687888990919293949596979899";
	char digits[20];
	size_t i = sizeof digits;

	for (; n >= 10; n /= 100) {
		i -= 2;
		memcpy(digits + i, pairs + 2 * (n % 100), 2);
	}
	if (n > 0 || i == sizeof digits)
		digits[--i] = (char)('0' + n);
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
