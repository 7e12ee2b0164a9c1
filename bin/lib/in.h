/*
 * A sliding window over a file descriptor: the bytes data[start..end) have been read and not
 * yet consumed. It starts small, grows to `max` bytes only when somebody needs that much at
 * once, and reads large blocks. A read error ends the program with EX_IOERR.
 */
#ifndef IN_H
#define IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct in {
	int fd;
	const char *name; /* for messages */
	char *data;
	size_t start, end, cap, max;
	uint64_t offset; /* in the stream, of data[start] */
	bool eof;
	struct in_watch {
		int fd;
		void (*look)(void *arg);
		void *arg;
	} watch;
};

/* Opens a window that never holds more than max bytes. Takes fd over. */
void in_open(struct in *in, int fd, const char *name, size_t max);

/* Whenever fd can be read while the input is waited for, look(arg) is called, which may end
 * the program and must leave nothing to be read. */
void in_watch(struct in *in, int fd, void (*look)(void *arg), void *arg);

/* Reads some more bytes past end. False at the end of the stream, or when max are held. */
bool in_fill(struct in *in);

/* Drops n bytes from the start. */
static inline void
in_consume(struct in *in, size_t n)
{
	in->start += n;
	in->offset += n;
}

static inline size_t
in_size(const struct in *in)
{
	return in->end - in->start;
}

void in_close(struct in *in);

#endif
