/*
 * An arena for cJSON, which otherwise calls malloc for every value: memory is taken from
 * blocks that are kept, and given back all at once. One a program, as cJSON's hooks are.
 */
#ifndef ARENA_H
#define ARENA_H

/* Makes cJSON take its memory from the arena. */
void arena_install(void);

/* Forgets all that cJSON holds. After a very large value the surplus goes back to the system.
 */
void arena_reset(void);

void arena_free(void);

#endif
