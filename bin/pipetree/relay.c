/* Passing messages on: see relay.h. */
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "memory.h"
#include "msg.h"

enum { MOST_BYTES = 1 << 14, MOST_KEPT = 4000, AGAIN_MS = 100 };

struct relay {
	int fd; /* -1: at its end */
	struct buf text, last;
};

struct relay *
relay_open(int fd)
{
	struct relay *r = memory_new(1, sizeof *r);
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		msg_die_errno("fcntl");
	r->fd = fd;
	return r;
}

int
relay_fd(const struct relay *r)
{
	return r->fd;
}

/*
 * Waits until a short write to standard error does not block; false if that may never be, and
 * we are asked to end. The signals are blocked, so they are pending until the caller reads
 * them.
 */
static bool
wait_for_stderr(void)
{
	static const int enders[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	static bool is_given_up;
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
	sigset_t pending;
	size_t i;

	while (poll(&p, 1, is_given_up ? 0 : AGAIN_MS) <= 0 || p.revents == 0) {
		if (is_given_up)
			return false;
		sigpending(&pending);
		for (i = 0; i < sizeof enders / sizeof enders[0]; i++)
			is_given_up = is_given_up || sigismember(&pending, enders[i]) == 1;
	}
	return true;
}

/* When standard error itself fails there is nobody left to tell. */
static void
pass_on(const char *p, size_t n)
{
	ssize_t w;

	while (n > 0 && wait_for_stderr()) {
		w = write(STDERR_FILENO, p, n < PIPE_BUF ? n : PIPE_BUF);
		if (w < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (w > 0) {
			p += w;
			n -= (size_t)w;
		}
	}
}

static void
keep(struct relay *r, const char *line, size_t n)
{
	if (n == 0)
		return;
	buf_clear(&r->last);
	buf_put(&r->last, line, n < MOST_KEPT ? n : MOST_KEPT);
	buf_putc(&r->last, '\0');
}

/* Passes on the whole lines that are held; or all, if it is too much for a line or the last.
 */
static void
pass_lines(struct relay *r, bool is_last)
{
	char *text = r->text.data, *end;
	size_t at = 0, n;

	while (at < r->text.len) {
		end = memchr(text + at, '\n', r->text.len - at);
		if (end == NULL && !is_last && r->text.len - at < MOST_BYTES)
			break;
		n = end == NULL ? r->text.len - at : (size_t)(end - text) - at;
		keep(r, text + at, n);
		pass_on(text + at, end == NULL ? n : n + 1);
		at += end == NULL ? n : n + 1;
	}
	r->text.len -= at;
	if (at > 0 && r->text.len > 0)
		memmove(text, text + at, r->text.len);
}

bool
relay_copy(struct relay *r)
{
	ssize_t n;

	if (r->fd < 0)
		return false;
	buf_reserve(&r->text, MOST_BYTES);
	n = read(r->fd, r->text.data + r->text.len, MOST_BYTES);
	if (n < 0)
		return false; /* nothing at the moment */
	r->text.len += (size_t)n;
	pass_lines(r, n == 0);
	if (n == 0) {
		close(r->fd);
		r->fd = -1;
	}
	return n > 0;
}

const char *
relay_last(const struct relay *r)
{
	return r->last.len == 0 ? NULL : r->last.data;
}

void
relay_close(struct relay *r)
{
	if (r == NULL)
		return;
	if (r->fd >= 0)
		close(r->fd);
	buf_free(&r->text);
	buf_free(&r->last);
	free(r);
}
