/*
 * Running a tree of commands.
 * A reader sees the end of a stream only after its writer has ended with exit status 0: until
 * then we hold a write end of the pipe. When a command fails, all others and their descendants
 * are ended first (SIGTERM, after half a second SIGKILL), and only then the pipes are closed.
 */
#ifndef RUN_H
#define RUN_H

#include <signal.h>
#include <stdbool.h>

#include "outcome.h"
#include "plumbing.h"
#include "tree.h"

struct run_options {
	const char *name;          /* of the tree, for messages; NULL: it has no lines */
	struct plumbing *plumbing; /* the pipes, made; they are closed at the end */
	int released;              /* gets a byte, i, when the output of command i may end */
	bool is_verbose;           /* say what is run, and how it ends */
	sigset_t signals; /* those that end the run, and SIGCHLD; blocked by the caller */
	sigset_t mask;    /* the commands' signal mask */
};

/*
 * Runs it to its end and fills in an outcome a command; nothing that it started is left.
 * Returns 0; or the signal that ended it; or SIGPIPE if standard output was closed by its
 * reader.
 */
int run_tree(
    const struct tree *t, const struct run_options *options, struct outcome *outcomes);

#endif
