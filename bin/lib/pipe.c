/* The size of pipes, and waiting for them: see pipe.h. The size is Linux's own: elsewhere they
 * stay as they are. */
#define _GNU_SOURCE
#include "pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

enum { PIPE_BYTES = 1 << 18 };

void
pipe_widen(int fd)
{
#ifdef F_SETPIPE_SZ
	int now = fcntl(fd, F_GETPIPE_SZ);

	if (now > 0 && now < PIPE_BYTES)
		fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
#else
	(void)fd;
#endif
}

bool
pipe_wait(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	poll(&p, 1, -1); /* whatever comes of it, the next read or write tells */
	return true;
}
