/* A checked, buffered writer: see out.h. */
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "msg.h"
#include "pipe.h"

enum { CAPACITY = 1 << 17 };

struct out {
	int fd;
	const char *name;
	size_t len;
	char data[CAPACITY];
};

struct out *
out_open(int fd, const char *name)
{
	struct out *o = malloc(sizeof *o);

	if (o == NULL)
		msg_die_errno("memory");
	o->fd = fd;
	o->name = name;
	o->len = 0;
	pipe_widen(fd);
	return o;
}

struct out *
out_stdout(void)
{
	return out_open(STDOUT_FILENO, "standard output");
}

void
out_write_all(int fd, const void *p, size_t n, const char *name)
{
	const char *s = p;

	while (n > 0) {
		ssize_t w = write(fd, s, n);
		if (w < 0 && (errno == EINTR || pipe_wait(fd, POLLOUT)))
			continue;
		if (w < 0)
			msg_die_errno("%s", name);
		s += w;
		n -= (size_t)w;
	}
}

void
out_flush(struct out *o)
{
	size_t n = o->len;

	o->len = 0;
	out_write_all(o->fd, o->data, n, o->name);
}

void
out_put(struct out *o, const void *p, size_t n)
{
	if (n == 0)
		return;
	if (n > CAPACITY - o->len) {
		out_flush(o);
		if (n >= CAPACITY) {
			out_write_all(o->fd, p, n, o->name);
			return;
		}
	}
	memcpy(o->data + o->len, p, n);
	o->len += n;
}

void
out_close(struct out *o)
{
	if (o == NULL)
		return;
	out_flush(o);
	if (close(o->fd) != 0)
		msg_die_errno("%s", o->name);
	free(o);
}

/*
 * Ends the last line of a file if it lacks its LF. Under a lock, for several filters may find
 * it so at once; closing the file gives the lock up. What cannot be read is left as it is.
 */
static void
end_torn_line(int fd, const char *path)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat st;
	char last = '\n';
	int in;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	in = open(path, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return;
	fcntl(fd, F_SETLKW, &lock); /* where there are none, an empty line is the worst */
	if (fstat(fd, &st) == 0 && st.st_size > 0 &&
	    pread(in, &last, 1, st.st_size - 1) == 1 && last != '\n')
		out_write_all(fd, "\n", 1, path);
	close(in);
}

int
out_open_lines(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0)
		msg_die_errno("%s", path);
	end_torn_line(fd, path);
	return fd;
}
