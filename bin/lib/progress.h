/*
 * -v: how far a filter has come, on stderr: one line redrawn on a terminal, else a plain line
 * every 10 seconds, and a closing line with the totals. Never on stdout, never in colour.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress;

/* what: of what the counts are, "records" say. Returns NULL if not wanted. */
struct progress *progress_open(bool wanted, const char *what);

/* Cheap: looks at the clock only now and then. p may be NULL. */
void progress_tick(struct progress *p, uint64_t count, uint64_t bytes);

/* Prints the totals and frees. p may be NULL. */
void progress_close(struct progress *p, uint64_t count, uint64_t bytes);

#endif
