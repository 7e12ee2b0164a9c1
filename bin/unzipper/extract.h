/*
 * -x: members become files under a folder. Each is written under a temporary name in that
 * folder; when all of the archive is proven, sub-folders are made and the files renamed into
 * their places. Symbolic links below the folder are never followed. When the program fails,
 * or is ended by a signal that can be caught, the temporary files are removed.
 * One extraction at a time.
 */
#ifndef EXTRACT_H
#define EXTRACT_H

#include "zip.h"

struct extract;
struct out;

/* Opens the folder, which is made if it is missing. */
struct extract *extract_open(const char *folder);

/* Begins the next file; whoever writes it closes it. NULL for a folder. e's name must last. */
struct out *extract_begin(struct extract *x, const struct zip_entry *e);

/* Puts everything into its place, and frees. */
void extract_finish(struct extract *x);

#endif
