/* COPY FROM STDIN: see copy.h. */
#include "copy.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "msg.h"

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

/* libpq keeps a failed write to itself until the data ends; a closed connection can be read.
 */
static void
check_server(struct db *db)
{
	PGconn *conn = db_connection(db);
	struct pollfd p = {.fd = PQsocket(conn), .events = POLLIN};

	while (poll(&p, 1, 0) > 0) {
		if (!PQconsumeInput(conn))
			fail_lost(db);
		PQisBusy(conn); /* for its taking notices out of the buffer */
	}
}

void
copy_put(struct db *db, struct buf *rows)
{
	check_server(db);
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
