/* Ending what was left behind: see children.h. */
#define _GNU_SOURCE
#include "children.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
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

bool
children_send(pid_t pid, int signal)
{
	bool is_sent = kill(pid, signal) == 0;

	kill(pid, SIGCONT);
	return is_sent;
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

static FILE *
open_list(void)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	return is_proc_ours() ? fopen(path, "re") : NULL;
}

bool
children_are_known(void)
{
	FILE *list = open_list();

	if (list != NULL)
		fclose(list);
	return list != NULL || getpid() == 1;
}

bool
children_signal(int signal, bool (*skip)(pid_t, const void *), const void *arg)
{
	int pid, found = 0, sent = 0;
	FILE *list;

	if (getpid() == 1) { /* all that there is in our namespace */
		kill(-1, signal);
		kill(-1, SIGCONT);
		return true;
	}
	list = open_list();
	if (list == NULL)
		return false;
	while (fscanf(list, "%d", &pid) == 1)
		if (skip == NULL || !skip(pid, arg)) {
			found++;
			sent += children_send(pid, signal);
		}
	fclose(list);
	return found == 0 || sent > 0;
}

/* Reaps all that have ended; returns how many, or -1 if no child is left. */
static int
reap(void)
{
	int count = 0;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		count++;
	return pid < 0 ? -1 : count;
}

void
children_end(void)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	long long deadline = children_now() + CHILDREN_GRACE_MS;
	bool is_known = true, is_first = true, is_late;
	int reaped;

	/* Each is asked once, and again only when others may have come: children of what has
	 * ended. */
	while (is_known && (reaped = reap()) >= 0) {
		is_late = children_now() >= deadline;
		if (is_first || is_late || reaped > 0)
			is_known = children_signal(is_late ? SIGKILL : SIGTERM, NULL, NULL);
		is_first = false;
		nanosleep(&pause, NULL);
	}
}
