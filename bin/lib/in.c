/* A sliding window over a file descriptor: see in.h. */
#include "in.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "msg.h"
#include "pipe.h"

enum { BLOCK = 1 << 17 };

static void
resize(struct in *in, size_t cap)
{
	char *data = realloc(in->data, cap);

	if (data == NULL)
		msg_die_errno("memory: %zu bytes", cap);
	in->data = data;
	in->cap = cap;
}

void
in_open(struct in *in, int fd, const char *name, size_t max)
{
	*in = (struct in){.fd = fd, .name = name, .max = max};
	resize(in, max < 2 * BLOCK ? max : 2 * BLOCK);
	pipe_widen(fd);
}

/* Makes room past end: slides what is held to the front, then grows; false when at max. */
static bool
make_room(struct in *in)
{
	if (in->start == in->end)
		in->start = in->end = 0;
	if (in->cap - in->end >= BLOCK)
		return true;
	if (in->start > 0) {
		memmove(in->data, in->data + in->start, in_size(in));
		in->end -= in->start;
		in->start = 0;
	}
	if (in->cap - in->end < BLOCK && in->cap < in->max)
		resize(in, in->cap > in->max / 2 ? in->max : 2 * in->cap);
	return in->end < in->cap;
}

void
in_watch(struct in *in, int fd, void (*look)(void *arg), void *arg)
{
	in->watch = (struct in_watch){fd, look, arg};
}

static void
await_input(struct in *in)
{
	struct pollfd p[2] = {
	    {.fd = in->fd, .events = POLLIN}, {.fd = in->watch.fd, .events = POLLIN}};

	while (p[0].revents == 0) {
		if (poll(p, 2, -1) < 0) {
			if (errno != EINTR)
				msg_die_errno("poll");
			p[0].revents = p[1].revents = 0;
		}
		if (p[1].revents != 0)
			in->watch.look(in->watch.arg);
	}
}

bool
in_fill(struct in *in)
{
	ssize_t n;

	if (in->eof || !make_room(in))
		return false;
	if (in->watch.look != NULL)
		await_input(in);
	do
		n = read(in->fd, in->data + in->end, in->cap - in->end);
	while (n < 0 && (errno == EINTR || pipe_wait(in->fd, POLLIN)));
	if (n < 0)
		msg_die_input(in->name); /* a folder can be opened, but not read */
	in->eof = n == 0;
	in->end += (size_t)n;
	return n > 0;
}

void
in_close(struct in *in)
{
	close(in->fd);
	free(in->data);
	*in = (struct in){.fd = -1};
}
