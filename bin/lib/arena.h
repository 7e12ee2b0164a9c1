/*
 * An arena for cJSON, which otherwise calls malloc for every value: memory is taken from
 * blocks that are kept, and given back all at once. One a program, as cJSON's hooks are. It
 * holds at most ARENA_MAX bytes; then cJSON is told that there is no memory.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stdbool.h>

enum { ARENA_MAX = 256 << 20 };

/* Makes cJSON take its memory from the arena. */
void arena_install(void);

/* Forgets all that cJSON holds. After a very large value the surplus goes back to the system.
 */
void arena_reset(void);

/* Has more been asked for than it may hold, since it was reset? */
bool arena_is_full(void);

void arena_free(void);

#endif
