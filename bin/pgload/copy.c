/* COPY FROM STDIN: see copy.h. */
#include "copy.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>

#include "msg.h"

void
copy_begin(struct db *db, const char *sql)
{
	PGresult *result = PQexec(db_connection(db), sql);

	if (PQresultStatus(result) != PGRES_COPY_IN)
		db_fail(db, result);
	PQclear(result);
}

/* Something can be read from the server. Under encryption that need not be a message. */
static bool
server_speaks(PGconn *conn)
{
	struct pollfd p = {.fd = PQsocket(conn), .events = POLLIN};

	if (PQsslInUse(conn) || PQgssEncInUse(conn))
		return false;
	return poll(&p, 1, 0) > 0;
}

/* The server has given up: asks for its reason by ending the data. */
static _Noreturn void
ask_reason(struct db *db)
{
	PGconn *conn = db_connection(db);
	PGresult *result;

	PQputCopyEnd(conn, "stopped");
	result = PQgetResult(conn);
	db_fail(db, result);
}

/* In the middle of COPY a server says nothing, but for notices, unless it has failed. */
static void
check_server(struct db *db)
{
	PGconn *conn = db_connection(db);

	while (server_speaks(conn)) {
		uint64_t notices = db_notices(db);
		if (!PQconsumeInput(conn))
			db_fail(db, NULL);
		PQisBusy(conn); /* for its taking the notices in */
		if (db_notices(db) == notices)
			ask_reason(db);
	}
}

void
copy_put(struct db *db, struct buf *rows)
{
	check_server(db);
	if (rows->len > INT_MAX)
		msg_die(EX_IOERR, "memory: a row of more than 2 GiB");
	if (PQputCopyData(db_connection(db), rows->data, (int)rows->len) != 1)
		db_fail(db, PQgetResult(db_connection(db)));
	buf_clear(rows);
}

uint64_t
copy_end(struct db *db)
{
	PGconn *conn = db_connection(db);
	PGresult *result;
	uint64_t rows;

	if (PQputCopyEnd(conn, NULL) != 1)
		db_fail(db, PQgetResult(conn));
	result = PQgetResult(conn);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		db_fail(db, result);
	rows = strtoull(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	while ((result = PQgetResult(conn)) != NULL)
		PQclear(result);
	return rows;
}
