/* What became of each command of a tree, and what follows for the tree as a whole. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <stddef.h>

#include "tree.h"

enum outcome_kind {
	OUTCOME_NOT_STARTED, /* another could not be started before it */
	OUTCOME_RUNNING,
	OUTCOME_DONE,        /* exit status 0 */
	OUTCOME_READER_GONE, /* SIGPIPE, after all that read its output had gone */
	OUTCOME_FAILED,
	OUTCOME_ENDED /* by us, since another had failed or we were told to end */
};

struct outcome {
	enum outcome_kind kind;
	int status;           /* exit status, or -1 */
	int signal;           /* that it died of, or 0 */
	double seconds;       /* from its start to its end */
	long long peak_bytes; /* of memory (ru_maxrss) */
	char *message; /* the last line on its standard error, if that was relayed, or NULL */
};

/* The names of kinds, in reports: "not-started", "running", "done", ... */
const char *outcome_name(enum outcome_kind kind);

/*
 * The command whose failure decides about the tree: the most upstream one; but one that reads
 * from another and has exit status 74 comes after all others, for that is how it says that its
 * stream has no trailer. Side inputs decide nothing. Returns tree_count(t) if none has failed.
 */
size_t outcome_cause(const struct tree *t, const struct outcome *o);

/* The exit status that a failure calls for: its own, EX_IOERR for a death by signal. */
int outcome_status(const struct outcome *o);

/* The same as shells report it: a status above 128 is a signal's, and none is 0. */
int outcome_signal(const struct outcome *o);

#endif
