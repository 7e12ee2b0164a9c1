/*
 * The members that were named on the command line. In a pipe they come in the archive's order
 * and not in that of their naming, which is refused rather than done silently.
 */
#ifndef SELECT_H
#define SELECT_H

#include <stdbool.h>
#include <stddef.h>

struct select {
	char **names;
	size_t count; /* 0: all members are meant */
	bool *found;
	size_t next;
	bool ordered, disordered;
};

/* The same name twice is wrong use. ordered: select_wants must see the names in their order.
 */
void select_open(struct select *s, char **names, size_t count, bool ordered);

/* Is this member, which was met now, wanted? */
bool select_wants(struct select *s, const char *name);

/* Ends the program if a name has not been met, or not in its turn. */
void select_finish(const struct select *s);

void select_close(struct select *s);

#endif
