/* Starting commands: see spawn.h. */
#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs in the child. All our descriptors are above 2 and close on exec, so none is
 * overwritten. */
static bool
arrange(const struct spawn *s)
{
	size_t i;

	for (i = 0; i < 3; i++)
		if (s->fds[i] != (int)i && dup2(s->fds[i], (int)i) < 0)
			return false;
	for (i = 0; i < s->kept_count; i++)
		if (fcntl(s->kept[i], F_SETFD, 0) != 0)
			return false;
	return true;
}

static _Noreturn void
run_child(const struct spawn *s, pid_t parent, int report)
{
	int error;

	signal(SIGPIPE, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == parent &&
	    arrange(s) && sigprocmask(SIG_SETMASK, s->mask, NULL) == 0)
		execvp(s->argv[0], s->argv);
	error = errno;
	while (write(report, &error, sizeof error) < 0 && errno == EINTR)
		;
	_exit(127);
}

/* What the child could not do; 0 when the report was closed by exec. */
static int
read_report(int report)
{
	int error = 0;
	ssize_t n;

	do
		n = read(report, &error, sizeof error);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof error ? error : 0;
}

pid_t
spawn(const struct spawn *s)
{
	pid_t parent = getpid(), pid;
	int report[2], error;

	if (pipe2(report, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	if (pid == 0)
		run_child(s, parent, report[1]);
	error = errno;
	close(report[1]);
	if (pid > 0)
		error = read_report(report[0]);
	close(report[0]);
	if (pid > 0 && error != 0) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	errno = error;
	return pid;
}
