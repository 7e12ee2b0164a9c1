/*
 * The report of a run: one line of JSON a command, in the order of the tree.
 *   {"path","line","argv","outcome","status","signal","seconds","peak_bytes","message","cause"}
 * status is null for a death by signal, signal null otherwise; cause is true for the command
 * that decides the exit status. Bytes that are not UTF-8 are shown as U+FFFD.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

#include "outcome.h"
#include "tree.h"

/* Writes the report of a run, and closes fd; false, with errno, if that fails. */
bool report_write(int fd, const struct tree *t, const struct outcome *o);

/* Prints to standard output what would be run: path, line, argv and, if it has one, side or
 * output. */
void report_plan(const struct tree *t);

/* A command's arguments as a person reads them, quoted where needed; to be freed by the
 * caller. */
char *report_words(const struct tree *t, size_t i);

#endif
