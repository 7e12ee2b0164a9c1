/* Running a tree: see run.h. signalfd and wait4's figures are Linux's. */
#define _GNU_SOURCE
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "children.h"
#include "memory.h"
#include "msg.h"
#include "plumbing.h"
#include "report.h"
#include "spawn.h"

/* After the grace, what is left is killed again and again: its children come to us one by one.
 */
enum { AGAIN_MS = 10 };

struct run {
	const struct tree *tree;
	const struct run_options *options;
	struct outcome *outcomes;
	struct plumbing *plumbing;
	pid_t *pids; /* 0: not started, or reaped */
	long long *started;
	struct pollfd *polled;
	size_t count, running;
	int signals; /* a signalfd */
	int signal;  /* what run_tree returns */
	bool is_ending;
	long long deadline; /* when the grace is over, if ending */
};

/* "FILE:LINE: ", or nothing. */
static const char *
place(const struct run *r, size_t i)
{
	static char text[512];

	if (r->options->name == NULL)
		return "";
	snprintf(text, sizeof text, "%s:%u: ", r->options->name, tree_at(r->tree, i)->line);
	return text;
}

static const char *
command_name(const struct run *r, size_t i)
{
	return tree_at(r->tree, i)->words[0];
}

struct side_paths {
	const struct run *run;
	char text[32];
};

static const char *
side_path(void *arg, size_t input)
{
	struct side_paths *paths = arg;

	snprintf(
	    paths->text, sizeof paths->text, "/dev/fd/%d", paths->run->plumbing[input].side);
	return paths->text;
}

/* The descriptors of a command's side inputs; returns how many. */
static size_t
list_sides(const struct run *r, size_t i, int *kept)
{
	size_t s, n = 0;

	for (s = i + 1; s < r->count; s++)
		if (tree_at(r->tree, s)->parent == (int)i && r->plumbing[s].side >= 0)
			kept[n++] = r->plumbing[s].side;
	return n;
}

static void
close_sides(struct run *r, size_t i)
{
	size_t s;

	for (s = i + 1; s < r->count; s++)
		if (tree_at(r->tree, s)->parent == (int)i && r->plumbing[s].side >= 0) {
			close(r->plumbing[s].side);
			r->plumbing[s].side = -1;
		}
}

/* Memory and processes may be there the next time; a command that cannot be run will not. */
static int
status_of_error(int error)
{
	return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE
		   ? EX_IOERR
		   : EX_USAGE;
}

static void
start_command(struct run *r, size_t i)
{
	struct side_paths paths = {.run = r};
	int kept[TREE_MOST_COMMANDS];
	struct spawn s = {.kept = kept, .mask = &r->options->mask};
	char *words;
	int error;

	s.argv = tree_argv(r->tree, i, side_path, &paths);
	s.kept_count = list_sides(r, i, kept);
	memcpy(s.fds, r->plumbing[i].fds, sizeof s.fds);
	if (r->options->is_verbose) {
		words = report_words(r->tree, i);
		msg_warn("%sstarts: %s", place(r, i), words);
		free(words);
	}
	r->started[i] = children_now();
	r->pids[i] = spawn(&s);
	error = errno;
	if (r->pids[i] > 0) {
		r->outcomes[i].kind = OUTCOME_RUNNING;
		r->running++;
	} else {
		r->pids[i] = 0;
		r->outcomes[i].kind = OUTCOME_FAILED;
		r->outcomes[i].status = status_of_error(error);
		msg_warn("%s%s: cannot be run: %s", place(r, i), command_name(r, i),
		    strerror(error));
	}
	plumbing_pass(&r->plumbing[i]);
	close_sides(r, i);
	tree_free_argv(s.argv);
}

static bool
is_known(pid_t pid, const void *arg)
{
	const struct run *r = arg;
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->pids[i] == pid)
			return true;
	return false;
}

/* Asks, or after the grace makes, all that is left to end. */
static void
end_all(struct run *r)
{
	int signal = children_now() < r->deadline ? SIGTERM : SIGKILL;
	bool is_first = !r->is_ending;
	size_t i;

	r->is_ending = true;
	for (i = 0; i < r->count; i++)
		if (r->pids[i] > 0 && (is_first || signal == SIGKILL)) {
			r->outcomes[i].kind = OUTCOME_ENDED;
			children_send(r->pids[i], signal);
		}
	children_signal(signal, is_known, r);
}

static void
begin_ending(struct run *r)
{
	if (r->is_ending)
		return;
	r->deadline = children_now() + CHILDREN_GRACE_MS;
	end_all(r);
}

/* Has the reader of our own standard output closed it? */
static bool
is_stdout_deserted(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO};

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP)) != 0;
}

/* SIGPIPE is no failure where the readers ended first. If one of them failed, its own status
 * says so. */
static bool
is_reader_gone(struct run *r, size_t i)
{
	if (outcome_signal(&r->outcomes[i]) != SIGPIPE)
		return false;
	if (tree_at(r->tree, i)->side != NULL || plumbing_is_deserted(&r->plumbing[i]))
		return true;
	if (!tree_writes_stdout(r->tree, i) || !is_stdout_deserted())
		return false;
	if (r->signal == 0)
		r->signal = SIGPIPE;
	return true;
}

/* Says what the command itself cannot have said. */
static void
tell_end(const struct run *r, size_t i)
{
	const struct outcome *o = &r->outcomes[i];
	const char *at = place(r, i), *name = command_name(r, i);
	int sig = outcome_signal(o);

	if (sig != 0 && (r->options->is_verbose || o->kind == OUTCOME_FAILED))
		msg_warn("%s%s: killed by signal %d (%s)%s", at, name, sig, strsignal(sig),
		    o->kind == OUTCOME_ENDED ? "; pipetree ended it" : "");
	else if (r->options->is_verbose)
		msg_warn("%s%s: exit status %d", at, name, o->status);
	if (o->kind == OUTCOME_FAILED && tree_at(r->tree, i)->side != NULL)
		msg_warn("%s%s: side input failed; its reader goes on", at, name);
	else if (o->kind == OUTCOME_FAILED && tree_is_mute(r->tree, i))
		msg_warn("%s%s: failed; if it is to write to standard output, give it > -", at,
		    name);
}

static void
take_end(struct run *r, size_t i, int wait_status, const struct rusage *used)
{
	struct outcome *o = &r->outcomes[i];

	r->pids[i] = 0;
	r->running--;
	o->seconds = (double)(children_now() - r->started[i]) / 1000;
	o->peak_bytes = (long long)used->ru_maxrss * 1024;
	o->status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
	o->signal = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
	if (o->kind != OUTCOME_ENDED)
		o->kind = o->status == 0         ? OUTCOME_DONE
			  : is_reader_gone(r, i) ? OUTCOME_READER_GONE
						 : OUTCOME_FAILED;
	tell_end(r, i);
}

/* Takes the end of every process that has ended. Those of background processes are ignored.
 * Returns whether there was any. */
static bool
reap(struct run *r)
{
	struct rusage used;
	bool has_reaped = false;
	int wait_status;
	pid_t pid;
	size_t i;

	while ((pid = wait4(-1, &wait_status, WNOHANG, &used)) > 0) {
		has_reaped = true;
		for (i = 0; i < r->count; i++)
			if (r->pids[i] == pid)
				take_end(r, i, wait_status, &used);
	}
	return has_reaped;
}

static void
read_signals(struct run *r)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof info) == (ssize_t)sizeof info)
		if ((int)info.ssi_signo != SIGCHLD)
			r->signal = (int)info.ssi_signo;
}

static bool
has_failed(const struct run *r)
{
	return outcome_cause(r->tree, r->outcomes) < r->count;
}

/* Without a guard, our end is on its way. What the guard is not told, no reader sees. */
static void
tell_guard(const struct run *r, unsigned char command)
{
	ssize_t n;

	do
		n = write(r->options->released, &command, 1);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno != EPIPE)
		msg_die_errno("pipe to the guard");
}

/* Lets readers see the end of what is whole; the guard lets go of its write ends, too. */
static void
release(struct run *r)
{
	unsigned char command;
	size_t i;

	for (i = 0; i < r->count; i++)
		if ((r->outcomes[i].kind == OUTCOME_DONE ||
			r->outcomes[i].kind == OUTCOME_READER_GONE) &&
		    plumbing_is_ready(&r->plumbing[i])) {
			command = (unsigned char)i;
			plumbing_release(&r->plumbing[i]);
			tell_guard(r, command);
		}
}

static int
wait_time(const struct run *r)
{
	long long left;

	if (!r->is_ending)
		return -1;
	left = r->deadline - children_now();
	return left > 0 ? (int)left : AGAIN_MS;
}

static void
wait_for_something(struct run *r)
{
	struct pollfd *p = r->polled;
	nfds_t n = 0;
	size_t i;

	p[n++] = (struct pollfd){.fd = r->signals, .events = POLLIN};
	for (i = 0; i < r->count; i++) {
		if (r->plumbing[i].relay != NULL && relay_fd(r->plumbing[i].relay) >= 0)
			p[n++] = (struct pollfd){
			    .fd = relay_fd(r->plumbing[i].relay), .events = POLLIN};
		if (r->plumbing[i].fan != NULL)
			n += fanout_poll(r->plumbing[i].fan, p + n);
	}
	if (poll(p, n, wait_time(r)) < 0 && errno != EINTR)
		msg_die_errno("poll");
}

/* What follows from what has happened. */
static void
step(struct run *r)
{
	bool has_reaped;
	size_t i;

	for (i = 0; i < r->count; i++) {
		if (r->plumbing[i].fan != NULL)
			fanout_copy(r->plumbing[i].fan);
		if (r->plumbing[i].relay != NULL)
			relay_copy(r->plumbing[i].relay);
	}
	read_signals(r);
	has_reaped = reap(r);
	if (r->is_ending && (has_reaped || children_now() >= r->deadline))
		end_all(r);
	else if (has_failed(r) || r->signal != 0)
		begin_ending(r);
	if (!r->is_ending)
		release(r);
}

/* All commands have ended: what they have left behind goes, too, and then nobody can write any
 * more. */
static void
finish(struct run *r)
{
	const char *last;
	size_t i;

	children_end();
	read_signals(r);
	for (i = 0; i < r->count; i++) {
		struct relay *relay = r->plumbing[i].relay;
		while (relay != NULL && relay_copy(relay))
			;
		last = relay == NULL ? NULL : relay_last(relay);
		r->outcomes[i].message = last == NULL ? NULL : memory_copy(last);
		plumbing_close(&r->plumbing[i]);
	}
	close(r->signals);
	free(r->pids);
	free(r->started);
	free(r->polled);
}

int
run_tree(const struct tree *t, const struct run_options *options, struct outcome *outcomes)
{
	size_t i, n = tree_count(t);
	struct run r = {.tree = t,
	    .options = options,
	    .outcomes = outcomes,
	    .plumbing = options->plumbing,
	    .count = n};

	r.pids = memory_new(n, sizeof *r.pids);
	r.started = memory_new(n, sizeof *r.started);
	r.polled = memory_new(
	    3 * n + 1, sizeof *r.polled); /* at most a relay, a reader, a writer each */
	for (i = 0; i < n; i++)
		outcomes[i] = (struct outcome){.status = -1};
	r.signals = signalfd(-1, &options->signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (r.signals < 0)
		msg_die_errno("signalfd");
	signal(SIGPIPE, SIG_IGN);
	/* Leaves first: nothing is read before all could be started. */
	for (i = n; i-- > 0 && !has_failed(&r);)
		start_command(&r, i);
	if (has_failed(&r))
		begin_ending(&r);
	while (r.running > 0) {
		wait_for_something(&r);
		step(&r);
	}
	finish(&r);
	return r.signal;
}
