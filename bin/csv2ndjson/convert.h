/*
 * The whole conversion: CSV from a descriptor, NDJSON to standard output, what is wrong to the
 * reject log, the counts to the file of -S.
 */
#ifndef CONVERT_H
#define CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "cli.h"
#include "wanted.h"

struct options {
	struct cli_stream stream;
	struct wanted wanted;
	bool provenance, raw, trailer, demand, rejoin;
	char delimiter;
	size_t max; /* bytes of a record */
};

/* Reads fd (and closes it), which is called name in messages. Returns when all went well. */
void convert(const struct options *o, int fd, const char *name);

#endif
