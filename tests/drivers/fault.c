/*
 * Preloaded into a filter (LD_PRELOAD), makes one call to the system go wrong.
 *   FAULT=CALL:N:HOW   the N-th (from 1) call of that name fails with the error HOW (EIO,
 * ENOSPC, ENOMEM, EMFILE, EINTR, EACCES); or a read or write is short FAULT_ONLY=NAME    in
 * the program of that name alone FAULT_COUNTS=FILE  "CALL N" for each call that was made is
 * appended when the program ends
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum call {
	MALLOC,
	READ,
	WRITE,
	SEND,
	RECV,
	OPEN,
	CLOSE,
	FSYNC,
	FTRUNCATE,
	LSEEK,
	PREAD,
	RENAME,
	UNLINK,
	MKDIR,
	PIPE,
	DUP,
	FORK,
	POLL,
	MMAP,
	FCNTL,
	CALLS
};

static const char *const names[CALLS] = {"malloc", "read", "write", "send", "recv", "open",
    "close", "fsync", "ftruncate", "lseek", "pread", "rename", "unlink", "mkdir", "pipe",
    "dup", "fork", "poll", "mmap", "fcntl"};

static const struct {
	const char *name;
	int number;
} errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"ENOMEM", ENOMEM}, {"EMFILE", EMFILE},
    {"EINTR", EINTR}, {"EACCES", EACCES}};

static unsigned long counts[CALLS], at;
static int which = CALLS, error; /* 0: short */
static bool on;

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t n);
/* With offsets of 64 bits the names end in 64. */
int open64(const char *path, int flags, ...);
int openat64(int folder, const char *path, int flags, ...);
int ftruncate64(int fd, off64_t size);
off64_t lseek64(int fd, off64_t offset, int whence);
ssize_t pread64(int fd, void *p, size_t n, off64_t offset);
int fcntl64(int fd, int command, ...);

/* Counts the call. True if it is the one, and errno is what it fails with. */
static bool
is_due(enum call call)
{
	if (!on || ++counts[call] != at || which != (int)call || error == 0)
		return false;
	errno = error;
	return true;
}

/* How many of n bytes this call may move. */
static size_t
portion(enum call call, size_t n)
{
	return on && which == (int)call && error == 0 && counts[call] == at && n > 1 ? n / 2
										     : n;
}

/* The next function of that name, which is libc's, in `next`. */
#define NEXT(name)                     \
	static __typeof__(&name) next; \
	if (next == NULL)              \
	*(void **)&next = dlsym(RTLD_NEXT, #name)

#define WRAP(call, type, bad, name, parameters, ...) \
	type name parameters                         \
	{                                            \
		NEXT(name);                          \
		if (is_due(call))                    \
			return bad;                  \
		return next(__VA_ARGS__);            \
	}

void *
malloc(size_t n)
{
	return is_due(MALLOC) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t count, size_t size)
{
	return is_due(MALLOC) ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *p, size_t n)
{
	return is_due(MALLOC) ? NULL : __libc_realloc(p, n);
}

WRAP(READ, ssize_t, -1, read, (int fd, void *p, size_t n), fd, p, portion(READ, n))
WRAP(WRITE, ssize_t, -1, write, (int fd, const void *p, size_t n), fd, p, portion(WRITE, n))
/* A connection that fails is gone, for both sides. */
static bool
is_lost(enum call call, int fd)
{
	if (!is_due(call))
		return false;
	if (error == EIO) {
		shutdown(fd, SHUT_RDWR);
		errno = ECONNRESET;
	}
	return true;
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	NEXT(send);
	return is_lost(SEND, fd) ? -1 : next(fd, p, portion(SEND, n), flags);
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	NEXT(recv);
	return is_lost(RECV, fd) ? -1 : next(fd, p, portion(RECV, n), flags);
}

WRAP(FSYNC, int, -1, fsync, (int fd), fd)
WRAP(FTRUNCATE, int, -1, ftruncate, (int fd, off_t size), fd, size)
WRAP(FTRUNCATE, int, -1, ftruncate64, (int fd, off64_t size), fd, size)
WRAP(LSEEK, off_t, -1, lseek, (int fd, off_t offset, int whence), fd, offset, whence)
WRAP(LSEEK, off64_t, -1, lseek64, (int fd, off64_t offset, int whence), fd, offset, whence)
WRAP(
    PREAD, ssize_t, -1, pread64, (int fd, void *p, size_t n, off64_t offset), fd, p, n, offset)
WRAP(RENAME, int, -1, rename, (const char *from, const char *to), from, to)
WRAP(RENAME, int, -1, renameat, (int a, const char *from, int b, const char *to), a, from, b,
    to)
WRAP(UNLINK, int, -1, unlink, (const char *path), path)
WRAP(UNLINK, int, -1, unlinkat, (int folder, const char *path, int flags), folder, path, flags)
WRAP(MKDIR, int, -1, mkdir, (const char *path, mode_t mode), path, mode)
WRAP(MKDIR, int, -1, mkdirat, (int folder, const char *path, mode_t mode), folder, path, mode)
WRAP(PIPE, int, -1, pipe2, (int fds[2], int flags), fds, flags)
WRAP(DUP, int, -1, dup2, (int from, int to), from, to)
WRAP(FORK, pid_t, -1, fork, (void))
WRAP(POLL, int, -1, poll, (struct pollfd * fds, nfds_t n, int timeout), fds, n, timeout)
WRAP(MMAP, void *, MAP_FAILED, mmap,
    (void *p, size_t n, int protection, int flags, int fd, off_t offset), p, n, protection,
    flags, fd, offset)

/* A close that fails has closed, as in Linux. */
int
close(int fd)
{
	int rc;

	NEXT(close);
	rc = next(fd);
	return is_due(CLOSE) ? -1 : rc;
}

#define WRAP_OPEN(name, parameters, ...)   \
	int name parameters                \
	{                                  \
		va_list ap;                \
		mode_t mode;               \
                                           \
		NEXT(name);                \
		va_start(ap, flags);       \
		mode = va_arg(ap, mode_t); \
		va_end(ap);                \
		if (is_due(OPEN))          \
			return -1;         \
		return next(__VA_ARGS__);  \
	}

WRAP_OPEN(open, (const char *path, int flags, ...), path, flags, mode)
WRAP_OPEN(open64, (const char *path, int flags, ...), path, flags, mode)
WRAP_OPEN(openat, (int folder, const char *path, int flags, ...), folder, path, flags, mode)
WRAP_OPEN(openat64, (int folder, const char *path, int flags, ...), folder, path, flags, mode)

int
fcntl64(int fd, int command, ...)
{
	va_list ap;
	void *argument;

	NEXT(fcntl64);
	va_start(ap, command);
	argument = va_arg(ap, void *);
	va_end(ap);
	return is_due(FCNTL) ? -1 : next(fd, command, argument);
}

static void
read_fault(const char *text)
{
	char call[16], how[16];
	size_t i;

	if (text == NULL || sscanf(text, "%15[a-z]:%lu:%15[A-Za-z]", call, &at, how) != 3)
		return;
	for (which = 0; which < CALLS && strcmp(names[which], call) != 0; which++)
		;
	for (i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (strcmp(errors[i].name, how) == 0)
			error = errors[i].number;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *only = getenv("FAULT_ONLY");

	read_fault(getenv("FAULT"));
	on = only == NULL || strcmp(only, program_invocation_short_name) == 0;
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("FAULT_COUNTS");
	bool mine = on;
	FILE *f;
	int i;

	on = false;
	f = path != NULL && mine ? fopen(path, "a") : NULL;
	if (f == NULL)
		return;
	for (i = 0; i < CALLS; i++)
		fprintf(f, "%s %lu\n", names[i], counts[i]);
	fclose(f);
}
