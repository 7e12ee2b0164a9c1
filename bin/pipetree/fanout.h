/*
 * One pipe copied to several, each of which gets all of it. A slow reader slows all, as with
 * tee(1); one that has gone is passed over. Memory is one buffer. No end of file is passed on
 * before fanout_close.
 */
#ifndef FANOUT_H
#define FANOUT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct fanout;

/* Takes over the descriptor to read from; how many will read is told in advance. */
struct fanout *fanout_open(int from, size_t readers);

/* Adds a pipe to write to, and takes it over. */
void fanout_add(struct fanout *f, int to);

/* Fills in what is to be waited for; returns how many entries, readers + 1 at most. */
size_t fanout_poll(const struct fanout *f, struct pollfd *p);

/* Copies what can be copied without waiting; a few buffers at most, so that the caller sees
 * its signals. */
void fanout_copy(struct fanout *f);

/* Whether the writer has closed its end, and all readers have been given all, or have gone. */
bool fanout_is_done(const struct fanout *f);

/* Whether no reader is left, so that the writer will be told by SIGPIPE. */
bool fanout_is_deserted(const struct fanout *f);

/* Stops reading: the writer is told by SIGPIPE, if nobody else reads from it. */
void fanout_stop(struct fanout *f);

/* Closes all descriptors: readers see an end of file. */
void fanout_close(struct fanout *f);

#endif
