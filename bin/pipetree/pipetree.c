/*
 * pipetree: runs a tree of commands, each of which reads what the one above it writes.
 * Reads a tree file; what goes through the pipes it does not look at. Promises that no reader
 * sees the end of a stream before its writer has succeeded, that > PATH is whole or absent,
 * and that nothing which it started survives it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "defines.h"
#include "guard.h"
#include "memory.h"
#include "msg.h"
#include "out.h"
#include "outcome.h"
#include "output.h"
#include "plumbing.h"
#include "report.h"
#include "run.h"
#include "tree.h"

enum { REPORT = CLI_OWN, DRY_RUN, EXEC, DIE_WITH_PARENT };

static const struct cli_option options[] = {
    {'D', "define", "NAME=VALUE", "define ${NAME}; NAME+=VALUE adds to ${NAME[@]}"},
    {REPORT, "report", "FILE", "append one JSON line for each command to FILE"},
    {EXEC, "exec", NULL, "run one COMMAND in place of a tree"},
    {DIE_WITH_PARENT, "die-with-parent", "PID", "end when the parent, process PID, ends"},
    {DRY_RUN, "dry-run", NULL, "check the tree, print its commands, run nothing"},
    {'v', "verbose", NULL, "say what is started and how it ends"},
};

static const struct cli cli = {
    "[-v] [-D NAME=VALUE ...] [--report FILE] [--die-with-parent PID] TREE\n"
    "       pipetree --dry-run [-D NAME=VALUE ...] TREE\n"
    "       pipetree [-v] [--report FILE] [--die-with-parent PID] --exec COMMAND [ARG ...]",
    "Runs a tree of commands: each reads what the one above it writes.",
    options,
    sizeof options / sizeof options[0],
};

struct settings {
	struct defines *defines;
	const char *report;
	int report_fd; /* open before anything is started */
	pid_t parent;  /* 0: not to be watched */
	bool is_exec, is_dry, is_verbose;
};

static void
take_option(struct settings *s, int letter, const char *arg)
{
	switch (letter) {
	case 'D':
		defines_add(s->defines, arg);
		break;
	case REPORT:
		s->report = arg;
		break;
	case EXEC:
		s->is_exec = true;
		break;
	case DIE_WITH_PARENT:
		s->parent = (pid_t)cli_number("--die-with-parent", arg, 1, INT32_MAX);
		break;
	case DRY_RUN:
		s->is_dry = true;
		break;
	default:
		s->is_verbose = true;
	}
}

static struct tree *
read_tree(const struct settings *s, int argc, char **argv)
{
	if (optind == argc)
		cli_usage(s->is_exec ? "COMMAND is missing" : "TREE is missing");
	if (s->is_exec)
		return tree_single(argv + optind);
	if (argc - optind > 1)
		cli_usage(
		    "%s: options come before TREE, and nothing behind it", argv[optind + 1]);
	return tree_read(argv[optind], s->defines);
}

/* What guard and worker both have, made before they part. */
struct work {
	const struct tree *tree;
	struct output **outputs; /* one a command, NULL where there is no > PATH */
	struct plumbing *pipes;  /* one a command */
	size_t count;
};

static void
prepare(struct work *w, bool is_relayed)
{
	size_t i;

	w->count = tree_count(w->tree);
	w->outputs = memory_new(w->count, sizeof(struct output *));
	w->pipes = memory_new(w->count, sizeof *w->pipes);
	for (i = 0; i < w->count; i++)
		if (tree_at(w->tree, i)->output != NULL)
			w->outputs[i] = output_open(tree_at(w->tree, i)->output);
	plumbing_make(w->tree, w->outputs, is_relayed, w->pipes);
}

static void
keep_pipes(void *arg)
{
	struct work *w = arg;
	size_t i;

	for (i = 0; i < w->count; i++)
		plumbing_keep(&w->pipes[i]);
}

static void
release_pipe(void *arg, unsigned command)
{
	struct work *w = arg;

	if (command < w->count)
		plumbing_release(&w->pipes[command]);
}

/* Runs the tree; returns the exit status, or the negative of a signal to die by. */
static int
run(const struct settings *s, struct work *w, const struct run_options *how)
{
	struct outcome *outcomes = memory_new(w->count, sizeof *outcomes);
	int status, signal;
	size_t i, cause;

	signal = run_tree(w->tree, how, outcomes);
	cause = outcome_cause(w->tree, outcomes);
	/* A signal that we got may have reached the commands first, as Ctrl-C does. */
	if (signal != 0 && (signal != SIGPIPE || cause == w->count))
		status = -signal;
	else
		status = cause < w->count ? outcome_status(&outcomes[cause]) : 0;
	if (status == 0)
		status = output_commit();
	output_discard();
	if (s->report != NULL && !report_write(s->report_fd, w->tree, outcomes)) {
		msg_warn("%s: %s", s->report, strerror(errno));
		status = status == 0 ? EX_IOERR : status;
	}
	for (i = 0; i < w->count; i++)
		free(outcomes[i].message);
	free(outcomes);
	free(w->outputs);
	free(w->pipes);
	return status;
}

/* Signals that are ignored around us stay so, as under nohup; but SIGTERM always ends us. */
static void
block_signals(struct run_options *how)
{
	static const int list[] = {SIGTERM, SIGCHLD, SIGINT, SIGHUP, SIGQUIT};
	struct sigaction now;
	size_t i;

	signal(SIGCHLD, SIG_DFL); /* if it were ignored, wait() would give no status */
	sigemptyset(&how->signals);
	for (i = 0; i < sizeof list / sizeof list[0]; i++)
		if (i == 0 ||
		    (sigaction(list[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN))
			sigaddset(&how->signals, list[i]);
	sigprocmask(SIG_BLOCK, &how->signals, &how->mask);
}

/* Starts guard and worker, and runs the tree in the worker. */
static int
run_guarded(const struct settings *s, struct tree *t, struct run_options *how)
{
	struct work w = {.tree = t};
	struct guard g = {
	    .begin = keep_pipes, .release = release_pipe, .arg = &w, .signals = how->signals};
	int released[2];

	if (s->parent != 0)
		guard_die_with(s->parent);
	prepare(&w, s->report != NULL);
	if (pipe2(released, O_CLOEXEC) != 0)
		msg_die_errno("pipe");
	g.released = released[0];
	how->released = released[1];
	how->plumbing = w.pipes;
	guard_start(&g);
	close(released[0]);
	return run(s, &w, how);
}

int
main(int argc, char **argv)
{
	struct settings s = {0};
	struct run_options how = {0};
	struct tree *t;
	int c, status;

	cli_start(argv);
	s.defines = defines_new();
	while ((c = cli_next_before_command(&cli, argc, argv)) != -1)
		take_option(&s, c, optarg);
	t = read_tree(&s, argc, argv);
	if (s.is_dry) {
		report_plan(t);
		tree_free(t);
		defines_free(s.defines);
		return 0;
	}
	how.name = s.is_exec ? NULL : argv[optind];
	how.is_verbose = s.is_verbose;
	if (s.report != NULL)
		s.report_fd = out_open_lines(s.report);
	block_signals(&how);
	status = run_guarded(&s, t, &how);
	tree_free(t);
	defines_free(s.defines);
	if (status < 0)
		guard_die_by(-status);
	return status;
}
