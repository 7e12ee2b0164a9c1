/* Ending what was left behind: see children.h. */
#define _GNU_SOURCE
#include "children.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "msg.h"

void
children_adopt(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
		msg_die_errno("prctl");
}

long long
children_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
children_send(pid_t pid, int signal)
{
	kill(pid, signal);
	kill(pid, SIGCONT);
}

/* Is /proc that of our own PID namespace? In another one's the numbers would be other
 * processes'. */
static bool
is_proc_ours(void)
{
	char target[32];
	ssize_t n = readlink("/proc/self", target, sizeof target - 1);

	if (n <= 0)
		return false;
	target[n] = '\0';
	return strtol(target, NULL, 10) == (long)getpid();
}

bool
children_signal(int signal, bool (*skip)(pid_t, const void *), const void *arg)
{
	char path[64];
	FILE *list;
	int pid;

	if (getpid() == 1) { /* all that there is in our namespace */
		kill(-1, signal);
		kill(-1, SIGCONT);
		return true;
	}
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	list = is_proc_ours() ? fopen(path, "re") : NULL;
	if (list == NULL)
		return false;
	while (fscanf(list, "%d", &pid) == 1)
		if (skip == NULL || !skip(pid, arg))
			children_send(pid, signal);
	fclose(list);
	return true;
}

/* Reaps all that have ended; false if no child is left. */
static bool
reap(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG);
	while (pid > 0);
	return pid == 0;
}

void
children_end(void)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	long long deadline = children_now() + CHILDREN_GRACE_MS;

	while (reap() &&
	       children_signal(children_now() < deadline ? SIGTERM : SIGKILL, NULL, NULL))
		nanosleep(&pause, NULL);
}
