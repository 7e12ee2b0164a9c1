/* The size of pipes: see pipe.h. It is Linux's own: elsewhere they stay as they are. */
#define _GNU_SOURCE
#include "pipe.h"

#include <fcntl.h>

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
