/* COPY FROM STDIN: see copy.h. */
#include "copy.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "msg.h"

enum { PATIENCE_MS = 200 };

/*
 * More than the usual 208 KiB may be under way to a server on this machine: the writer is
 * woken when three quarters of it are gone. TCP finds its own size.
 */
static void
widen(int fd)
{
	static const int bytes = 1 << 20; /* net.core.wmem_max may allow less */
	struct sockaddr address = {.sa_family = AF_UNSPEC};
	socklen_t len = sizeof address;

	if (getsockname(fd, &address, &len) == 0 && address.sa_family == AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

void
copy_begin(struct db *db, const char *sql)
{
	PGresult *result = PQexec(db_connection(db), sql);

	if (PQresultStatus(result) != PGRES_COPY_IN)
		db_fail(db, result);
	PQclear(result);
	widen(PQsocket(db_connection(db)));
}

/* The connection is gone. What the server said last may still be there to be read. */
static _Noreturn void
fail_lost(struct db *db)
{
	PGconn *conn = db_connection(db);

	PQputCopyEnd(conn, "stopped");
	db_fail(db, PQgetResult(conn));
}

/*
 * libpq keeps a failed write to itself until the data ends, and during a COPY it parses
 * nothing but notices. So what has arrived and is no notice is an error, after which the
 * server sends nothing more. (A part of a notice is followed by the rest at once.)
 */
void
copy_check_server(void *arg)
{
	struct db *db = arg;
	PGconn *conn = db_connection(db);
	struct pollfd p = {.fd = PQsocket(conn), .events = POLLIN};
	uint64_t before;

	while (poll(&p, 1, 0) > 0) {
		before = db_notices(db);
		if (!PQconsumeInput(conn))
			fail_lost(db);
		PQisBusy(conn); /* for its taking notices out of the buffer */
		if (db_notices(db) == before && poll(&p, 1, PATIENCE_MS) == 0)
			fail_lost(db);
	}
}

void
copy_put(struct db *db, struct buf *rows)
{
	copy_check_server(db);
	if (rows->len > INT_MAX)
		msg_die(EX_IOERR, "memory: a row of more than 2 GiB");
	if (PQputCopyData(db_connection(db), rows->data, (int)rows->len) != 1)
		fail_lost(db);
	buf_clear(rows);
}

uint64_t
copy_end(struct db *db)
{
	PGconn *conn = db_connection(db);
	PGresult *result;
	uint64_t rows;

	if (PQputCopyEnd(conn, NULL) != 1)
		db_fail(db, NULL);
	result = PQgetResult(conn);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		db_fail(db, result);
	rows = strtoull(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	while ((result = PQgetResult(conn)) != NULL)
		PQclear(result);
	return rows;
}
