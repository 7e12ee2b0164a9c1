/* Pipes that hold more than the 64 KiB that they have from the kernel. */
#ifndef PIPE_H
#define PIPE_H

/* Lets fd, if it is a pipe, hold 256 KiB, so that two filters take turns less often. Where
 * that is not allowed (see pipe(7), "/proc files") all works as it is. */
void pipe_widen(int fd);

#endif
