/* One pipe to several: see fanout.h. */
#include "fanout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "memory.h"
#include "msg.h"

enum { CAPACITY = 1 << 18, GONE = -1, MOST_ROUNDS = 16 };

struct reader {
	int fd;      /* GONE: it has closed its end */
	size_t sent; /* of the buffer */
};

struct fanout {
	int from; /* GONE: closed */
	bool is_at_end;
	struct reader *readers;
	size_t count;
	size_t len;
	char data[CAPACITY];
};

static void
set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		msg_die_errno("fcntl");
}

struct fanout *
fanout_open(int from, size_t readers)
{
	struct fanout *f = memory_new(1, sizeof *f);

	f->from = from;
	f->readers = memory_new(readers, sizeof *f->readers);
	set_nonblocking(from);
	return f;
}

void
fanout_add(struct fanout *f, int to)
{
	set_nonblocking(to);
	f->readers[f->count++] = (struct reader){to, 0};
}

static bool
is_pending(const struct fanout *f, const struct reader *r)
{
	return r->fd != GONE && r->sent < f->len;
}

/* Have all that are left been given what is in the buffer? */
static bool
is_drained(const struct fanout *f)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		if (is_pending(f, &f->readers[i]))
			return false;
	return true;
}

size_t
fanout_poll(const struct fanout *f, struct pollfd *p)
{
	size_t i, n = 0;

	for (i = 0; i < f->count; i++)
		if (f->readers[i].fd != GONE)
			p[n++] = (struct pollfd){.fd = f->readers[i].fd,
			    .events = is_pending(f, &f->readers[i]) ? POLLOUT : 0};
	if (f->from != GONE && !f->is_at_end && is_drained(f))
		p[n++] = (struct pollfd){.fd = f->from, .events = POLLIN};
	return n;
}

static void
drop(struct reader *r)
{
	close(r->fd);
	r->fd = GONE;
}

/* A pipe whose last reader has gone shows an error without being written to. */
static bool
has_gone(const struct reader *r)
{
	struct pollfd p = {.fd = r->fd};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0;
}

static void
give(struct fanout *f, struct reader *r)
{
	ssize_t n;

	while (is_pending(f, r)) {
		n = write(r->fd, f->data + r->sent, f->len - r->sent);
		if (n > 0)
			r->sent += (size_t)n;
		else if (n < 0 && errno == EPIPE)
			drop(r);
		else if (n < 0 && errno != EINTR)
			break; /* EAGAIN: it is full */
	}
	if (r->fd != GONE && !is_pending(f, r) && has_gone(r))
		drop(r);
}

/* Reads the next piece into the buffer, which is drained; false if there is none at the
 * moment. */
static bool
take(struct fanout *f)
{
	ssize_t n;
	size_t i;

	if (f->from == GONE || f->is_at_end)
		return false;
	do
		n = read(f->from, f->data, sizeof f->data);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return false; /* EAGAIN */
	f->is_at_end = n == 0;
	f->len = (size_t)n;
	for (i = 0; i < f->count; i++)
		f->readers[i].sent = 0;
	return n > 0;
}

void
fanout_copy(struct fanout *f)
{
	bool is_more = true;
	size_t i, round;

	for (round = 0; is_more && round < MOST_ROUNDS; round++) {
		for (i = 0; i < f->count; i++)
			if (f->readers[i].fd != GONE)
				give(f, &f->readers[i]);
		if (fanout_is_deserted(f))
			fanout_stop(f);
		is_more = is_drained(f) && take(f);
	}
}

bool
fanout_is_done(const struct fanout *f)
{
	return (f->is_at_end || f->from == GONE) && is_drained(f);
}

bool
fanout_is_deserted(const struct fanout *f)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		if (f->readers[i].fd != GONE)
			return false;
	return true;
}

void
fanout_stop(struct fanout *f)
{
	if (f->from != GONE)
		close(f->from);
	f->from = GONE;
}

void
fanout_close(struct fanout *f)
{
	size_t i;

	fanout_stop(f);

	for (i = 0; i < f->count; i++)
		if (f->readers[i].fd != GONE)
			close(f->readers[i].fd);
	free(f->readers);
	free(f);
}
