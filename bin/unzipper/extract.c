/* -x: see extract.h. */
#include "extract.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "msg.h"
#include "out.h"

enum { PREFIX_MAX = 48, TEMPORARY_MAX = 64, COMPONENT_MAX = 255 };

struct extract {
	const char *path;
	const char **names; /* of members, by number */
	size_t cap;
};

/* What the signal handler needs: temporary files from `placed` on to `begun` may exist. */
static struct {
	int folder;
	char prefix[PREFIX_MAX];
	volatile sig_atomic_t placed, begun;
} running = {.folder = -1};

/* Without stdio, for the signal handler. */
static void
temporary_name(char name[TEMPORARY_MAX], sig_atomic_t number)
{
	size_t n = strlen(running.prefix), digits = 1;
	sig_atomic_t rest;

	memcpy(name, running.prefix, n);
	for (rest = number; rest > 9; rest /= 10)
		digits++;
	name[n + digits] = '\0';
	for (; digits > 0; digits--, number /= 10)
		name[n + digits - 1] = (char)('0' + number % 10);
}

static void
remove_temporary(void)
{
	char name[TEMPORARY_MAX];

	for (; running.placed < running.begun; running.placed++) {
		temporary_name(name, running.placed);
		unlinkat(running.folder, name, 0);
	}
}

/* The default action is back in force (SA_RESETHAND) and ends the program on return. */
static void
on_signal(int number)
{
	remove_temporary();
	raise(number);
}

static void
catch_signals(void)
{
	/* All that end a program by default and can be caught, but for those of its own
	 * faults. */
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM,
	    SIGUSR1, SIGUSR2, SIGXFSZ, SIGXCPU, SIGVTALRM, SIGPROF, SIGPOLL, SIGPWR,
	    SIGSTKFLT};
	struct sigaction action = {.sa_flags = (int)SA_RESETHAND}, old;
	size_t i;

	action.sa_handler = on_signal;
	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

struct extract *
extract_open(const char *folder)
{
	struct extract *x = calloc(1, sizeof *x);
	struct timespec now;

	if (x == NULL)
		msg_die_errno("memory");
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		msg_die_errno("%s", folder);
	running.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (running.folder < 0)
		msg_die_errno("%s", folder);
	x->path = folder;
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(running.prefix, sizeof running.prefix, ".unzipper-%ld-%09ld-", (long)getpid(),
	    now.tv_nsec);
	if (atexit(remove_temporary) != 0)
		msg_die_errno("memory");
	catch_signals();
	return x;
}

static void
remember(struct extract *x, const char *name)
{
	size_t n = (size_t)running.begun;

	if (n == x->cap) {
		x->cap = x->cap ? 2 * x->cap : 64;
		x->names = realloc(x->names, x->cap * sizeof *x->names);
		if (x->names == NULL)
			msg_die_errno("memory");
	}
	x->names[n] = name;
}

struct out *
extract_begin(struct extract *x, const struct zip_entry *e)
{
	char name[TEMPORARY_MAX];
	int fd;

	remember(x, e->name);
	temporary_name(name, running.begun);
	running.begun++;
	if (zip_is_folder(e))
		return NULL;
	fd = openat(
	    running.folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		msg_die_errno("%s/%s", x->path, name);
	return out_open(fd, e->name);
}

/* Makes (if missing) and opens the folder `name` in `parent`, which is closed. */
static int
enter(int parent, const char *name)
{
	int fd, why;

	if (mkdirat(parent, name, 0777) != 0 && errno != EEXIST)
		fd = -1;
	else
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	why = errno;
	if (parent != running.folder)
		close(parent);
	errno = why;
	return fd;
}

/* Opens the folder that a member belongs in; *base is what is left of its name. */
static int
open_parent(const struct extract *x, const char *name, const char **base)
{
	char component[COMPONENT_MAX + 1];
	int fd = running.folder;
	const char *slash;

	for (*base = name; (slash = strchr(*base, '/')) != NULL; *base = slash + 1) {
		/* The catalog refused longer components. */
		snprintf(component, sizeof component, "%.*s", (int)(slash - *base), *base);
		fd = enter(fd, component);
		if (fd < 0)
			msg_die_errno("%s: %s: folder %s", x->path, name, component);
	}
	return fd;
}

static void
place(const struct extract *x, sig_atomic_t number)
{
	char temporary[TEMPORARY_MAX];
	const char *name = x->names[number], *base;
	int parent = open_parent(x, name, &base);

	temporary_name(temporary, number);
	if (*base && renameat(running.folder, temporary, parent, base) != 0)
		msg_die_errno("%s: %s", x->path, name);
	if (parent != running.folder)
		close(parent);
}

void
extract_finish(struct extract *x)
{
	while (running.placed < running.begun) {
		place(x, running.placed);
		running.placed++;
	}
	close(running.folder);
	free(x->names);
	free(x);
}
