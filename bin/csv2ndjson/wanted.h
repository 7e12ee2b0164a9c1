/*
 * What the command line says of columns: -H, -c, -j.
 */
#ifndef WANTED_H
#define WANTED_H

#include "names.h"

/* Lists that are empty were not given. */
struct wanted {
	struct names header;          /* -H */
	struct names outputs, inputs; /* -c: outputs[i] is made from inputs[i] */
	struct names literals;        /* -j: names of outputs */
};

/* Reads the options' arguments; NULL where one was not given. Wrong ones are EX_USAGE. */
void wanted_open(struct wanted *w, const char *header, const char *choice, const char *json);

void wanted_close(struct wanted *w);

#endif
