/*
 * The children of this process, those included that its descendants have left behind: the
 * process must be their subreaper (prctl(2), PR_SET_CHILD_SUBREAPER, Linux).
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

/* How long what is asked to end may take before it is killed. */
enum { CHILDREN_GRACE_MS = 500 };

/* Becomes the subreaper of all that this process will start. */
void children_adopt(void);

/* Milliseconds of the monotonic clock. */
long long children_now(void);

/* Whether this process can find its children: see children_signal. */
bool children_are_known(void);

/* Sends a signal to a process, and SIGCONT after it, in case that it is stopped; false if it
 * may not. */
bool children_send(pid_t pid, int signal);

/*
 * Sends a signal to every child but those that skip, if given, says true of. False if none
 * could be sent to: they are another user's, there is no /proc, or it is that of another PID
 * namespace. The first process of a namespace needs no /proc.
 */
bool children_signal(int signal, bool (*skip)(pid_t pid, const void *arg), const void *arg);

/*
 * Ends every child, and what they leave: SIGTERM, then SIGKILL when the grace is over. Returns
 * when none is left; what they exit with is dropped.
 */
void children_end(void);

#endif
