/*
 * The end of an archive: the central directory, the end records, the archive's comment, and
 * then nothing. It is read the same way whether the archive is a file or a pipe, and every
 * count, size and offset that it states is held against what was found.
 */
#ifndef CENTRAL_H
#define CENTRAL_H

#include "in.h"
#include "zip.h"

/* Gets each entry in turn; the name lives as long as the call. */
typedef void central_each(void *context, const struct zip_entry *e);

/*
 * Reads from the window's start, where the directory begins, to the end of the input. False if
 * the count of the members on this disk is wrong, which some tools write; the total is right.
 */
bool central_read(struct in *in, central_each *each, void *context);

/* A file's size to the offset of its central directory, by way of the end records. */
uint64_t central_find(struct in *in, uint64_t size);

#endif
