/*
 * A command's standard error on its way to ours: passed on line by line, each with one write,
 * so that lines of several commands do not mix; the last one is kept for the report.
 */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>

struct relay;

/* Takes over the descriptor to read from. */
struct relay *relay_open(int fd);

/* The descriptor to wait for, or -1 at the end. */
int relay_fd(const struct relay *r);

/* Passes on a piece of what can be read without waiting; false if there is nothing. */
bool relay_copy(struct relay *r);

/* The last line that was not empty, without its LF, of 4,000 bytes at most; NULL if there was
 * none. */
const char *relay_last(const struct relay *r);

/* Closes and frees; NULL is ignored. */
void relay_close(struct relay *r);

#endif
