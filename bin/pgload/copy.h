/*
 * COPY FROM STDIN, fed in chunks. A server that has gone, or has failed (a constraint, say),
 * ends the program at the next chunk, or when copy_check_server is called. Only an error that
 * comes in one piece with a notice is seen as late as at the end.
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

/* Ends the program if the server (arg is the struct db) has sent an error. */
void copy_check_server(void *arg);

/* Sends whole rows and empties the buffer. */
void copy_put(struct db *db, struct buf *rows);

/* Ends the data; returns how many rows the server took. */
uint64_t copy_end(struct db *db);

#endif
