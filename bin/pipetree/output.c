/* Files that appear whole: see output.h. flock is Linux's and the BSDs'. */
#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "memory.h"
#include "msg.h"

struct output {
	const char *path;
	char *folder, *temporary;
	int fd;
	bool is_done;
	struct output *next;
};

static struct output *opened; /* all of them */

/* What is there must be a file that can be replaced: not a device, a pipe, a link or a folder.
 */
static void
check_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	struct stat st;

	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		msg_die(EX_USAGE, "> %s: not the name of a file", path);
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		msg_die(EX_USAGE, "> %s: exists and is not a regular file", path);
}

static void
make_names(struct output *o)
{
	struct buf folder = {0}, temporary = {0};
	const char *slash = strrchr(o->path, '/');

	if (slash == NULL)
		buf_puts(&folder, ".");
	else
		buf_put(&folder, o->path, slash == o->path ? 1 : (size_t)(slash - o->path));
	buf_putc(&folder, '\0');
	if (slash != NULL)
		buf_put(&temporary, o->path, (size_t)(slash - o->path) + 1);
	buf_printf(&temporary, ".%s.new", slash == NULL ? o->path : slash + 1);
	buf_putc(&temporary, '\0');
	o->folder = folder.data;
	o->temporary = temporary.data;
}

/* Is the file that we have open still the one under that name? Another run may have renamed
 * it. */
static bool
is_in_place(const struct output *o)
{
	struct stat ours, named;

	return fstat(o->fd, &ours) == 0 && lstat(o->temporary, &named) == 0 &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino &&
	       S_ISREG(ours.st_mode) && ours.st_nlink == 1 && ours.st_uid == geteuid();
}

struct output *
output_open(const char *path)
{
	struct output *o = memory_new(1, sizeof *o);

	check_path(path);
	o->path = path;
	make_names(o);
	o->fd =
	    open(o->temporary, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
	if (o->fd < 0)
		msg_die_errno("> %s: %s", path, o->temporary);
	if (flock(o->fd, LOCK_EX | LOCK_NB) != 0 || !is_in_place(o))
		msg_die(EX_IOERR, "> %s: %s is another user's, or is being written", path,
		    o->temporary);
	if (opened == NULL)
		atexit(output_discard);
	o->next = opened;
	opened = o;
	if (ftruncate(o->fd, 0) != 0)
		msg_die_errno("> %s: %s", path, o->temporary);
	return o;
}

int
output_fd(const struct output *o)
{
	return o->fd;
}

/* A name is on disk when its folder is. A file system that cannot do that for a folder says
 * EINVAL. */
static bool
sync_folder(const struct output *o)
{
	int fd = open(o->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return is_synced;
}

static bool
publish(struct output *o)
{
	o->is_done = is_in_place(o) && rename(o->temporary, o->path) == 0;
	return o->is_done && sync_folder(o);
}

int
output_commit(void)
{
	struct output *o;

	for (o = opened; o != NULL; o = o->next)
		if (fsync(o->fd) != 0)
			break;
	if (o == NULL)
		for (o = opened; o != NULL; o = o->next)
			if (!publish(o))
				break;
	if (o == NULL)
		return 0;
	msg_warn("> %s: %s", o->path, strerror(errno));
	return EX_IOERR;
}

void
output_discard(void)
{
	struct output *o;

	while ((o = opened) != NULL) {
		opened = o->next;
		if (!o->is_done && is_in_place(o))
			unlink(o->temporary);
		close(o->fd);
		free(o->folder);
		free(o->temporary);
		free(o);
	}
}
