/* Guard and worker: see guard.h. */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "children.h"
#include "msg.h"

void
guard_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0)
		msg_die_errno("prctl");
	if (getppid() != parent)
		msg_die(EX_IOERR,
		    "--die-with-parent %d: not the parent of this process; it may have ended",
		    (int)parent);
}

void
guard_die_by(int sig)
{
	sigset_t set;

	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), sig);
	exit(128 + sig); /* the first process of a PID namespace survives it */
}

/* Reaps what has ended; true if the worker is among it. */
static bool
reap_worker(pid_t worker, int *status)
{
	bool has_ended = false;
	int its;
	pid_t pid;

	while ((pid = waitpid(-1, &its, WNOHANG)) > 0)
		if (pid == worker) {
			*status = its;
			has_ended = true;
		}
	return has_ended;
}

static void
pass_signals(int signals, pid_t worker)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo != SIGCHLD)
			kill(worker, (int)info.ssi_signo);
}

static void
take_releases(const struct guard *g)
{
	unsigned char commands[64];
	ssize_t i, n = read(g->released, commands, sizeof commands);

	for (i = 0; i < n; i++)
		g->release(g->arg, commands[i]);
}

/* Serves the worker until it has ended; returns its wait status. */
static int
await_worker(const struct guard *g, pid_t worker)
{
	struct pollfd p[2] = {{.events = POLLIN}, {.fd = g->released, .events = POLLIN}};
	int status = 0;

	p[0].fd = signalfd(-1, &g->signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (p[0].fd < 0)
		msg_die_errno("signalfd");
	while (!reap_worker(worker, &status)) {
		if (poll(p, 2, -1) < 0) {
			if (errno != EINTR)
				msg_die_errno("poll");
			continue; /* revents are those of the time before */
		}
		pass_signals(p[0].fd, worker);
		if (p[1].revents != 0)
			take_releases(g);
	}
	close(p[0].fd);
	return status;
}

/* Signals by which a worker ends of its own accord: those that it was sent, and its reader's.
 */
static bool
is_deliberate(int sig, const sigset_t *signals)
{
	return sig == SIGPIPE || sigismember(signals, sig) == 1;
}

void
guard_start(const struct guard *g)
{
	pid_t guard = getpid(), worker;
	int status;

	if (!children_are_known())
		msg_die(EX_IOERR, "/proc is missing, or that of another PID namespace");
	children_adopt();
	worker = fork();
	if (worker < 0)
		msg_die_errno("fork");
	if (worker == 0) {
		children_adopt();
		guard_die_with(guard);
		return;
	}
	g->begin(g->arg);
	status = await_worker(g, worker);
	children_end();
	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	if (is_deliberate(WTERMSIG(status), &g->signals))
		guard_die_by(WTERMSIG(status));
	msg_die(EX_IOERR,
	    "the worker process was killed by signal %d (%s); all commands were ended",
	    WTERMSIG(status), strsignal(WTERMSIG(status)));
}
