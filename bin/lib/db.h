/*
 * The database, through libpq. Whatever goes wrong ends the program with one line and the
 * status that tells whether another try may help; the server then rolls back, for the
 * connection closes. Notices are shown under -v only.
 */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "sqlstate.h"

struct db;

/* Connects and settles what the meaning of dates and strings depends on. conninfo NULL:
 * libpq's own environment. */
struct db *db_open(const char *conninfo, bool verbose);

/* The name, copied, that begins the error lines from now on: the table's. */
void db_about(struct db *db, const char *what);

/* What is being done from now on, by which an error gets its status; at first SQLSTATE_OWN. */
void db_set_context(struct db *db, enum sqlstate_context context);

/* Runs a query with n text parameters and returns its rows, to be cleared by the caller. */
PGresult *db_query(struct db *db, const char *sql, int n, const char *const *params);

/* Runs a command; returns the number of rows that it touched. */
uint64_t db_command(struct db *db, const char *sql);

/* Commits; false success (a transaction that had failed before) is an error too. */
void db_commit(struct db *db);

/* For copy.c: the connection, and how many notices the server has sent. */
PGconn *db_connection(struct db *db);
uint64_t db_notices(const struct db *db);

/* Ends the program for a failed result, or for the connection's own error if it is NULL. */
_Noreturn void db_fail(struct db *db, const PGresult *result);

void db_close(struct db *db);

#endif
