/*
 * What is done with the members: written to standard output, listed, tested or extracted.
 * The reader of the archive tells of each member that is wanted, its bytes, and its end, when
 * they have proven to be what was promised. Of a pipe nothing is certain before the central
 * directory has come: trailers and final names wait for work_finish.
 */
#ifndef WORK_H
#define WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog.h"
#include "select.h"

enum work_mode { WORK_WRITE, WORK_LIST, WORK_TEST, WORK_EXTRACT };

struct extract;
struct out;
struct progress;

struct work {
	/* from the command line */
	enum work_mode mode;
	bool trailer, verbose, piped;
	bool raw;          /* the compressed bytes are wanted */
	uint64_t max_size; /* of all that is unpacked */
	const char *folder;
	struct select select;

	/* while it goes on */
	struct out *out; /* where the bytes go now, or NULL */
	struct extract *extract;
	struct progress *progress;
	uint64_t members, files, bytes;
	struct zip_entry last;
};

void work_open(struct work *w);

/* Nobody said which of several files: wrong use. */
void work_refuse_choice(uint64_t files);

/* A member has been met. False if it is not wanted; if true, its bytes and its end follow. */
bool work_begin(struct work *w, const struct zip_entry *e);

void work_put(struct work *w, const void *p, size_t n);

/* All bytes of e came, and they are as promised. */
void work_end(struct work *w, const struct zip_entry *e);

/* The archive is read and all of it is proven: output becomes final. */
void work_finish(struct work *w, const struct catalog *c);

#endif
