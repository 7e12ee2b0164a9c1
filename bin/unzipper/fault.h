/*
 * What is wrong with an archive: one line, "unzipper: ARCHIVE: MEMBER: why", and EX_DATAERR.
 * The names are kept here, so that whoever finds a fault need not know them.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stddef.h>

/* The archive that is being read, from now on. Kept by reference. */
void fault_in_archive(const char *name);

/* The member name[0..n), any bytes; its start is copied. n = 0: no member in particular. */
void fault_in_member(const char *name, size_t n);

/* Prints the line and ends the program. */
_Noreturn void fault(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Says something about the archive and the member on stderr, without ending. */
void fault_remark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
