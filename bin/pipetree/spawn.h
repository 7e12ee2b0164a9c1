/* Starting a command so that it cannot outlive us. */
#ifndef SPAWN_H
#define SPAWN_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

struct spawn {
	char **argv;
	int fds[3];      /* what becomes its descriptors 0, 1 and 2; the same number: stays */
	const int *kept; /* more that it inherits, under their numbers */
	size_t kept_count;
	const sigset_t *mask; /* its signal mask */
};

/*
 * Starts it: found in PATH, SIGPIPE as by default, killed when this process ends
 * (PR_SET_PDEATHSIG, Linux). Returns its process id; or -1 with errno if it could not be
 * started.
 */
pid_t spawn(const struct spawn *s);

#endif
