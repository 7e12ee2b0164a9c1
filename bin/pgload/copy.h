/*
 * COPY FROM STDIN, fed in chunks. A server that has gone ends the program at the next
 * chunk; one that has failed (a constraint, say) drops the rest and tells why at the end.
 */
#ifndef COPY_H
#define COPY_H

#include <stdint.h>

#include "buf.h"
#include "db.h"

/* Bytes sent at once. So few that the server has work while the next are made. */
enum { COPY_CHUNK = 1 << 15 };

/* sql is the whole command. */
void copy_begin(struct db *db, const char *sql);

/* Sends whole rows and empties the buffer. */
void copy_put(struct db *db, struct buf *rows);

/* Ends the data; returns how many rows the server took. */
uint64_t copy_end(struct db *db);

#endif
