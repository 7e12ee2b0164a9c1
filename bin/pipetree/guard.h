/*
 * Two processes: the worker runs the tree; the guard adopts what a killed worker leaves, and
 * ends it. Until then the guard keeps its own write ends of the pipes, so that no reader takes
 * the end of the worker for the end of a stream. When the guard is killed, the kernel asks the
 * worker to end.
 */
#ifndef GUARD_H
#define GUARD_H

#include <signal.h>
#include <sys/types.h>

/*
 * Asks the kernel to end us (SIGTERM) when our parent ends, which must be that process. If it
 * has ended already, so do we: EX_IOERR.
 */
void guard_die_with(pid_t parent);

/* What the guard does for its worker. */
struct guard {
	sigset_t signals; /* passed on to the worker, but for SIGCHLD, which is one of them */
	int released;     /* a pipe from the worker: a byte is the number of a command */
	void (*begin)(void *arg);                     /* called once, in the guard alone */
	void (*release)(void *arg, unsigned command); /* called for each byte */
	void *arg;
};

/*
 * Starts the worker, and returns in it. The guard waits for it, and ends as it did; if the
 * worker was killed, with EX_IOERR.
 */
void guard_start(const struct guard *g);

/* Ends this process by a signal, as if it had never been caught. */
_Noreturn void guard_die_by(int signal);

#endif
