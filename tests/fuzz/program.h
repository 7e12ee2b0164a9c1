/*
 * Runs a filter's main, or a part of it, inside of a fuzzer, often and in one process. The
 * product ends on an error; here the linker puts exit and the functions of msg.h aside
 * (--wrap), so that the run ends instead. What the run has allocated or opened then goes.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Files in memory, by the numbers of their descriptors, and their paths. */
enum { PROGRAM_INPUT = 100, PROGRAM_OUTPUT, PROGRAM_REJECTS, PROGRAM_STATS };
#define PROGRAM_INPUT_PATH "/proc/self/fd/100"
#define PROGRAM_REJECTS_PATH "/proc/self/fd/102"
#define PROGRAM_STATS_PATH "/proc/self/fd/103"

struct program_text {
	char *data; /* with a NUL behind it */
	size_t len;
};

/* Sets what the next runs read, from PROGRAM_INPUT_PATH and from standard input. */
void program_set_input(const uint8_t *data, size_t size);

/* No read of the next runs gets more bytes than this; 0: as many as it asks for. */
void program_set_piece(size_t bytes);

/* Runs act(context); returns the exit status, 0 if it returned. */
int program_try(void (*act)(void *context), void *context);

/* Runs main with these arguments, closed by NULL. */
int program_run(int (*main_function)(int, char **), char **argv);

/* The message that ended the last run, or "". */
const char *program_reason(void);

/* What one of the files holds; the caller frees data. */
struct program_text program_read(int file);

/* Ends the fuzzer, which keeps the input: an invariant does not hold. */
#define PROGRAM_CHECK(condition)                                                         \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fprintf(stderr, "%s:%d: does not hold: %s (last message: %s)\n", \
			    __FILE__, __LINE__, #condition, program_reason());           \
			abort();                                                         \
		}                                                                        \
	} while (0)

#endif
