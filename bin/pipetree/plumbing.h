/* The descriptors of a tree: which pipe each command reads, which it writes. */
#ifndef PLUMBING_H
#define PLUMBING_H

#include <stdbool.h>

#include "fanout.h"
#include "output.h"
#include "relay.h"
#include "tree.h"

struct plumbing {
	int fds[3];          /* its standard input, output and error */
	bool is_passing[3];  /* to be closed when it has been started */
	int held;            /* a write end of the pipe to its only reader, or -1 */
	struct fanout *fan;  /* what copies to its readers, where it has several; or NULL */
	int side;            /* of a side input: what its reader inherits, or -1 */
	struct relay *relay; /* what passes its messages on, or NULL */
};

/*
 * Makes all pipes of a tree, of 256 KiB where that is allowed. outputs has an open file for
 * each command with > PATH; is_relayed: messages go through us. p has an entry a command.
 */
void plumbing_make(
    const struct tree *t, struct output *const *outputs, bool is_relayed, struct plumbing *p);

/* Closes what a command has for itself from now on. */
void plumbing_pass(struct plumbing *p);

/* Closes all but the write ends of pipes to readers: for a process that only keeps them open.
 */
void plumbing_keep(struct plumbing *p);

/* Whether a command's readers are kept from the end of its output, and have been given all of
 * it. */
bool plumbing_is_ready(const struct plumbing *p);

/* Lets the readers of a command see the end of its output. */
void plumbing_release(struct plumbing *p);

/* Whether all that could read a command's output have closed it. */
bool plumbing_is_deserted(const struct plumbing *p);

/* Closes whatever is open. */
void plumbing_close(struct plumbing *p);

#endif
