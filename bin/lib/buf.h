/*
 * A growing byte buffer. The struct is open because the hot paths read data and len.
 * Sizes are bytes; growth doubles, is checked for overflow, and ends the program with
 * EX_IOERR when there is no memory. An all-zero struct is an empty buffer.
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "word.h"

struct buf {
	char *data;
	size_t len, cap;
};

/* Makes room for `more` bytes past len. */
void buf_grow(struct buf *b, size_t more);

void buf_put_u64(struct buf *b, uint64_t n);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_free(struct buf *b);

static inline void
buf_reserve(struct buf *b, size_t more)
{
	if (b->cap - b->len < more)
		buf_grow(b, more);
}

static inline void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	buf_reserve(b, n);
	if (__builtin_constant_p(n)) /* then no call either */
		memcpy(b->data + b->len, p, n);
	else
		word_copy(b->data + b->len, p, n);
	b->len += n;
}

static inline void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

static inline void
buf_putc(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->data[b->len++] = c;
}

static inline void
buf_clear(struct buf *b)
{
	b->len = 0;
}

#endif
