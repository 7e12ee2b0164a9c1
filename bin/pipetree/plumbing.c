/* Pipes between commands: see plumbing.h. */
#define _GNU_SOURCE
#include "plumbing.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "msg.h"
#include "pipe.h"

enum { NONE = -1 };

static void
make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		msg_die_errno("pipe");
	pipe_widen(ends[1]);
}

/* Reads give an end of file; writes fail, so that no output is lost silently. */
static int
open_nothing(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		msg_die_errno("/dev/null");
	return fd;
}

static void
set_fd(struct plumbing *p, int which, int fd, bool is_passing)
{
	p->fds[which] = fd;
	p->is_passing[which] = is_passing;
}

static void
make_leaf(const struct tree *t, size_t i, const struct output *output, struct plumbing *p)
{
	if (output != NULL)
		set_fd(p, STDOUT_FILENO, output_fd(output), false);
	else if (!tree_writes_stdout(t, i))
		set_fd(p, STDOUT_FILENO, open_nothing(), true);
}

/* A side input goes straight to its reader: it may end as it likes. */
static void
make_side(struct plumbing *p)
{
	int ends[2];

	make_pipe(ends);
	set_fd(p, STDIN_FILENO, open_nothing(), true);
	set_fd(p, STDOUT_FILENO, ends[1], true);
	p->side = ends[0];
}

static void
connect_only(struct plumbing *writer, struct plumbing *reader)
{
	int ends[2];

	make_pipe(ends);
	set_fd(writer, STDOUT_FILENO, ends[1], false);
	writer->held = ends[1];
	set_fd(reader, STDIN_FILENO, ends[0], true);
}

static void
connect_one_of_several(struct plumbing *writer, struct plumbing *reader, size_t readers)
{
	int ends[2];

	if (writer->fan == NULL) {
		make_pipe(ends);
		set_fd(writer, STDOUT_FILENO, ends[1], true);
		writer->fan = fanout_open(ends[0], readers);
	}
	make_pipe(ends);
	fanout_add(writer->fan, ends[1]);
	set_fd(reader, STDIN_FILENO, ends[0], true);
}

static void
make_relay(struct plumbing *p)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		msg_die_errno("pipe");
	set_fd(p, STDERR_FILENO, ends[1], true);
	p->relay = relay_open(ends[0]);
}

void
plumbing_make(
    const struct tree *t, struct output *const *outputs, bool is_relayed, struct plumbing *p)
{
	const struct tree_command *c;
	size_t i, readers;

	for (i = 0; i < tree_count(t); i++)
		p[i] = (struct plumbing){.fds = {0, 1, 2}, .held = NONE, .side = NONE};
	for (i = 0; i < tree_count(t); i++) {
		c = tree_at(t, i);
		readers = c->parent < 0 ? 0 : tree_at(t, (size_t)c->parent)->children;
		if (is_relayed)
			make_relay(&p[i]);
		if (c->side != NULL)
			make_side(&p[i]);
		else if (readers == 1)
			connect_only(&p[c->parent], &p[i]);
		else if (readers > 1)
			connect_one_of_several(&p[c->parent], &p[i], readers);
		if (c->children == 0 && c->side == NULL)
			make_leaf(t, i, outputs[i], &p[i]);
	}
}

void
plumbing_pass(struct plumbing *p)
{
	int which;

	for (which = 0; which < 3; which++)
		if (p->is_passing[which])
			close(p->fds[which]);
	for (which = 0; which < 3; which++)
		p->is_passing[which] = false;
}

static void
close_end(int *fd)
{
	if (*fd != NONE)
		close(*fd);
	*fd = NONE;
}

void
plumbing_keep(struct plumbing *p)
{
	plumbing_pass(p);
	close_end(&p->side);
	relay_close(p->relay);
	p->relay = NULL;
	if (p->fan != NULL)
		fanout_stop(p->fan);
}

bool
plumbing_is_ready(const struct plumbing *p)
{
	return p->fan != NULL ? fanout_is_done(p->fan) : p->held != NONE;
}

void
plumbing_release(struct plumbing *p)
{
	if (p->fan != NULL)
		fanout_close(p->fan);
	p->fan = NULL;
	close_end(&p->held);
}

bool
plumbing_is_deserted(const struct plumbing *p)
{
	struct pollfd held = {.fd = p->held};

	if (p->fan != NULL)
		return fanout_is_deserted(p->fan);
	return p->held != NONE && poll(&held, 1, 0) == 1 && (held.revents & POLLERR) != 0;
}

void
plumbing_close(struct plumbing *p)
{
	plumbing_keep(p);
	plumbing_release(p);
}
