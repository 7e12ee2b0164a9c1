/* Pipes that hold more than the 64 KiB that they have from the kernel. */
#ifndef PIPE_H
#define PIPE_H

#include <stdbool.h>

/* Lets fd, if it is a pipe, hold 256 KiB, so that two filters take turns less often. Where
 * that is not allowed (pipe(7), "/proc files": a user who is not root has room for some 250 of
 * them) all works as it is. */
void pipe_widen(int fd);

/*
 * After a read or write that failed: true if fd only does not block (O_NONBLOCK is set, as a
 * parent like node leaves it, for the flag is shared), once events (poll(2)) have come. The
 * call is then to be tried again. Otherwise false, and errno is as it was.
 */
bool pipe_wait(int fd, short events);

#endif
