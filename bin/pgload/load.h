/* One run: records in, one transaction out. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>

#include "cli.h"

struct load_options {
	struct cli_stream stream;
	const char *conninfo, *table, *keys;
	bool truncate, trailer, ignore_unknown;
};

/* Reads fd, called name in messages, to its end. Returns when all is committed. */
void load_run(const struct load_options *o, int fd, const char *name);

#endif
