/*
 * > PATH: a file that appears under its name only when it is whole.
 * It is written as .NAME.new beside it, brought to disk, and renamed. What a run that was
 * killed has left there is written anew by the next; two at one time are refused.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

struct output;

/* Opens PATH for writing; EX_IOERR if that fails, EX_USAGE if PATH is there and is no regular
 * file. */
struct output *output_open(const char *path);

/* The descriptor to write to; it stays the module's. */
int output_fd(const struct output *o);

/*
 * Brings all outputs to disk, then gives each its name. Returns 0; or EX_IOERR after a message
 * for the first that fails: of those before it some may have their names.
 */
int output_commit(void);

/* Removes what was written and has no name yet; frees all. Called at exit, too. */
void output_discard(void);

#endif
