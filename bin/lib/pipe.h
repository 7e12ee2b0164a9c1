/* Pipes that hold more than the 64 KiB that they have from the kernel. */
#ifndef PIPE_H
#define PIPE_H

/* Lets fd, if it is a pipe, hold 256 KiB, so that two filters take turns less often. Where
 * that is not allowed (pipe(7), "/proc files": a user who is not root has room for some 250 of
 * them) all works as it is. */
void pipe_widen(int fd);

#endif
