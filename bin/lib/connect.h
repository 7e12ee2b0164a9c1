/* The connection itself; db_open in db.h does the rest. */
#ifndef CONNECT_H
#define CONNECT_H

#include <libpq-fe.h>

/* EX_USAGE if the connection string cannot be read or holds a password: the command line is
 * for everyone to see. NULL is fine. */
void connect_check(const char *conninfo);

/*
 * Connects, or ends the program. conninfo NULL: libpq's own environment. notices, with arg,
 * takes what the server says from the first moment on: one that goes says so at any time.
 */
PGconn *connect_open(const char *conninfo, PQnoticeProcessor notices, void *arg);

#endif
