/*
 * Connecting. The server's SQLSTATE is wanted here too, to tell a wrong password or setting
 * (wrong use) from a server that cannot be reached (try again). libpq only gives it
 * as part of a verbose message, which must be asked for before the answer arrives: hence the
 * asynchronous calls.
 */
#include "connect.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "line.h"
#include "msg.h"
#include "sqlstate.h"

/* libpq takes -d for a connection string in these cases, else for a database's name. */
static bool
is_conninfo(const char *s)
{
	return strchr(s, '=') != NULL || strncmp(s, "postgresql://", 13) == 0 ||
	       strncmp(s, "postgres://", 11) == 0;
}

void
connect_check(const char *conninfo)
{
	PQconninfoOption *options, *o;
	char *why = NULL;

	if (conninfo == NULL || !is_conninfo(conninfo))
		return;
	options = PQconninfoParse(conninfo, &why);
	if (options == NULL)
		msg_die(EX_USAGE, "-d: %s", line_flat(why ? why : "memory"));
	for (o = options; o->keyword != NULL; o++)
		if (o->val != NULL && (strcmp(o->keyword, "password") == 0 ||
					  strcmp(o->keyword, "sslpassword") == 0))
			msg_die(EX_USAGE,
			    "-d: a %s on the command line is for everyone to "
			    "see: use ~/.pgpass or PGPASSFILE",
			    o->keyword);
	PQconninfoFree(options);
}

/* connect_timeout, in seconds, wherever libpq found it; 0 is none. */
static long
timeout_of(PGconn *conn)
{
	PQconninfoOption *options = PQconninfo(conn), *o;
	long seconds = 0;

	for (o = options; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, "connect_timeout") == 0 && o->val != NULL)
			seconds = strtol(o->val, NULL, 10);
	PQconninfoFree(options);
	return seconds > 0 ? seconds : 0;
}

static time_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Waits until libpq can go on; the whole attempt may last until the deadline (0: no end). */
static void
wait_for(PGconn *conn, PostgresPollingStatusType want, time_t deadline)
{
	struct pollfd p = {.fd = PQsocket(conn)};
	time_t left;
	int ready;

	p.events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT;
	do { /* a signal must not begin the wait anew */
		left = deadline - now();
		ready = poll(&p, 1, deadline == 0 ? -1 : left > 0 ? (int)left * 1000 : 0);
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		msg_die_errno("poll");
	if (ready == 0)
		msg_die(EX_UNAVAILABLE, "cannot connect: connect_timeout has passed");
}

/*
 * Finds the SQLSTATE in a verbose message: "SEVERITY:  STATE: text". Of several, one for each
 * address that was tried, it is the last. False if no server has given one.
 */
static bool
find_state(const char *text, char state[6])
{
	const char *p = text;
	bool found = false;

	for (; (p = strstr(p, ":  ")) != NULL; p++) {
		if (strspn(p + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5 || p[8] != ':')
			continue;
		memcpy(state, p + 3, 5);
		state[5] = '\0';
		found = true;
	}
	return found;
}

/* The status for an attempt that went as far as to a server, or to its address. */
static int
status_of(PGconn *conn)
{
	char state[6];

	if (find_state(PQerrorMessage(conn), state))
		return sqlstate_status(state, SQLSTATE_CONNECTING, false);
	return PQconnectionNeedsPassword(conn) ? EX_USAGE : EX_UNAVAILABLE;
}

/*
 * libpq gave up before it went to a server, since a service, port or setting is none. Without
 * a socket its message is the one thing that tells this from a server that did not answer;
 * the program sets no locale, so it is not translated.
 */
static bool
is_never_tried(PGconn *conn)
{
	static const char *const tries[] = {"connection to server",
	    "could not connect to server", "could not translate host name"};
	size_t i;

	for (i = 0; i < sizeof tries / sizeof tries[0]; i++)
		if (strncmp(PQerrorMessage(conn), tries[i], strlen(tries[i])) == 0)
			return false;
	return PQsocket(conn) < 0;
}

/* In the words of libpq and of getaddrinfo; the server gives a number. */
static bool
is_without_memory(const char *text)
{
	return strstr(text, "out of memory") || strstr(text, "Memory allocation failure");
}

/*
 * Ends the program with the last line of libpq's message that is not about the server's
 * source: "... FATAL:  3D000: database "x" does not exist".
 */
static _Noreturn void
cannot_connect(PGconn *conn, int status)
{
	const char *text = PQerrorMessage(conn);
	const char *location = strstr(text, "\nLOCATION:");
	size_t len = location ? (size_t)(location - text) : strlen(text);

	msg_die(is_without_memory(text) ? EX_IOERR : status, "cannot connect: %s",
	    line_flat_n(text, len));
}

PGconn *
connect_open(const char *conninfo, PQnoticeProcessor notices, void *arg)
{
	/* What comes later wins: the connection string over the keepalives, by which a dead
	 * host is noticed within a minute, and the rest over that. */
	const char *const names[] = {"keepalives_idle", "keepalives_interval",
	    "keepalives_count", "dbname", "client_encoding", "fallback_application_name",
	    NULL};
	const char *const values[] = {"20", "10", "3", conninfo, "UTF8", msg_tool(), NULL};
	PGconn *conn = PQconnectStartParams(names, values, 1);
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;
	time_t deadline;
	long timeout;

	if (conn == NULL)
		msg_die(EX_IOERR, "memory: no room for a connection");
	if (PQstatus(conn) == CONNECTION_BAD)
		cannot_connect(conn, is_never_tried(conn) ? EX_USAGE : status_of(conn));
	PQsetNoticeProcessor(conn, notices, arg);
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	timeout = timeout_of(conn);
	deadline = timeout > 0 && timeout < INT16_MAX ? now() + timeout : 0;
	while (status != PGRES_POLLING_OK) {
		wait_for(conn, status, deadline);
		status = PQconnectPoll(conn);
		if (status == PGRES_POLLING_FAILED)
			cannot_connect(conn, status_of(conn));
	}
	PQsetErrorVerbosity(conn, PQERRORS_DEFAULT);
	return conn;
}
