/*
 * A checked, buffered writer. What cannot be written (full disk, closed descriptor) ends the
 * program with EX_IOERR; a reader that has gone ends it by SIGPIPE. Nothing that was put is
 * safe before out_close has returned.
 */
#ifndef OUT_H
#define OUT_H

#include <stddef.h>

struct out;

/* Writes to fd, which is named so in messages. Takes fd over. */
struct out *out_open(int fd, const char *name);

/* Standard output. */
struct out *out_stdout(void);

void out_put(struct out *o, const void *p, size_t n);
void out_flush(struct out *o);

/* Flushes, closes (which may fail too: checked) and frees. NULL is let pass. */
void out_close(struct out *o);

/* Writes all n bytes to fd at once, unbuffered; name is for messages. */
void out_write_all(int fd, const void *p, size_t n, const char *name);

/*
 * Opens a file of lines, which several programs may share, to append to it; checked. If its
 * last line was torn, by a disk that was full say, it is ended first.
 */
int out_open_lines(const char *path);

#endif
