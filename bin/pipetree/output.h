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

/* Brings what was written to disk and gives it its name. Returns 0, or EX_IOERR after a
 * message. */
int output_commit(struct output *o);

/* Removes what was written, unless it has its name by now; frees. NULL is ignored. */
void output_close(struct output *o);

#endif
