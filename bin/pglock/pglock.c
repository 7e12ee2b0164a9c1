/*
 * pglock: runs a command while a PostgreSQL session holds an advisory lock.
 * The lock is taken first; then the command takes the place of this process and inherits the
 * session's socket, as with s6-setlock(1). So the session, and the lock with it, lasts until
 * the last process that has inherited the socket is gone, whatever becomes of the first.
 *
 * The session holds a second lock on a random number, a token, which the command finds in
 * PGLOCK_TOKENS. If pg_locks shows that one session holds both, the lock is still the one that
 * was taken. After a restart or a failover of the server no session does.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "buf.h"
#include "cli.h"
#include "connect.h"
#include "db.h"
#include "msg.h"
#include "utf8.h"

#define TOKENS "PGLOCK_TOKENS"

enum { FOREVER = -1, MOST_SECONDS = 2147483 /* what lock_timeout can hold, in ms */ };

static const struct cli_option options[] = {
    {'s', "shared", NULL, "take a shared lock, which conflicts only with exclusive ones"},
    {'w', "wait", "SECONDS", "how long to wait for the lock (default: for ever)"},
    {'d', "dbname", "CONNINFO", "connection string, without password (default: PGHOST, ...)"},
};

static const struct cli cli = {
    "[-s] [-w SECONDS] [-d CONNINFO] KEY -- COMMAND [ARG ...]",
    "Runs a command while a PostgreSQL session holds the advisory lock KEY.",
    options,
    sizeof options / sizeof options[0],
};

struct settings {
	const char *conninfo, *key;
	int64_t wait; /* in seconds, or FOREVER */
	bool is_shared;
};

static void
take_option(struct settings *s, int letter, const char *arg)
{
	switch (letter) {
	case 's':
		s->is_shared = true;
		break;
	case 'w':
		s->wait = (int64_t)cli_number("-w", arg, 0, MOST_SECONDS);
		break;
	default:
		s->conninfo = arg;
	}
}

/* Takes KEY [--] COMMAND; returns the command's arguments. */
static char **
take_operands(struct settings *s, int argc, char **argv)
{
	char **command = argv + optind + 1;

	if (optind == argc)
		cli_usage("KEY is missing");
	s->key = argv[optind];
	if (*s->key == '\0' || utf8_valid(s->key, strlen(s->key)) != strlen(s->key))
		cli_usage("KEY is empty, or not UTF-8");
	if (*command != NULL && **command == '-' && strcmp(*command, "--") != 0)
		cli_usage("%s: options come before KEY", *command);
	if (*command != NULL && strcmp(*command, "--") == 0)
		command++;
	if (*command == NULL)
		cli_usage("COMMAND is missing");
	return command;
}

/*
 * The session is idle while the command runs, so no time limit may end it. Keepalives detect a
 * dead client within a minute; while the session waits for the lock, the server checks the
 * client every second. Not every version of the server has all of these settings.
 */
static void
settle_session(struct db *db)
{
	db_command(
	    db, "set search_path to pg_catalog"); /* no function of a user's in its place */
	PQclear(db_query(db,
	    "select set_config(name, value, false) from (values"
	    " ('statement_timeout', '0'), ('idle_session_timeout', '0'), "
	    "('transaction_timeout', '0'),"
	    " ('tcp_keepalives_idle', '20'), ('tcp_keepalives_interval', '10'),"
	    " ('tcp_keepalives_count', '3'), ('client_connection_check_interval', '1s')"
	    ") as v (name, value) join pg_catalog.pg_settings using (name)",
	    0, NULL));
}

static void
set_patience(struct db *db, int64_t wait)
{
	char command[64];

	snprintf(command, sizeof command, "set lock_timeout to %" PRId64,
	    wait == FOREVER ? 0 : wait * 1000);
	db_command(db, command);
}

static _Noreturn void
give_up(const struct settings *s, PGresult *result)
{
	PQclear(result);
	msg_die(EX_IOERR, "%s: busy for %" PRId64 " s", s->key, s->wait);
}

static void
lock_key(struct db *db, const struct settings *s)
{
	/* The hash is the one that every lock of this project has. Not waiting needs a call of
	 * its own. */
	static const char *const calls[2][2] = {
	    {"select pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1, 0::bigint)) "
	     "is not null",
		"select pg_catalog.pg_advisory_lock_shared(pg_catalog.hashtextextended($1, "
		"0::bigint)) is not null"},
	    {"select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, "
	     "0::bigint))",
		"select "
		"pg_catalog.pg_try_advisory_lock_shared(pg_catalog.hashtextextended($1, "
		"0::bigint))"},
	};
	PGresult *result = PQexecParams(db_connection(db), calls[s->wait == 0][s->is_shared],
	    1, NULL, &s->key, NULL, NULL, 0);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (state != NULL && strcmp(state, "55P03") == 0) /* lock_timeout has passed */
		give_up(s, result);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		db_fail(db, result);
	if (PQgetvalue(result, 0, 0)[0] != 't')
		give_up(s, result);
	PQclear(result);
}

/* Locks a token that nobody else has, and returns it. */
static int64_t
lock_token(struct db *db)
{
	char text[32];
	const char *params[] = {text};
	int64_t token;

	if (getrandom(&token, sizeof token, 0) != (ssize_t)sizeof token)
		msg_die_errno("getrandom");
	snprintf(text, sizeof text, "%" PRId64, token);
	PQclear(db_query(db, "select pg_catalog.pg_advisory_lock($1::bigint)", 1, params));
	return token;
}

/* Whether a text is a list of bigints, separated by commas. */
static bool
is_tokens(const char *text)
{
	char *end;

	for (;;) {
		errno = 0;
		if (*text != '-' && (*text < '0' || *text > '9'))
			return false;
		strtoll(text, &end, 10);
		if (errno != 0 || end == text || (*end != ',' && *end != '\0'))
			return false;
		if (*end == '\0')
			return true;
		text = end + 1;
	}
}

/* Adds a token to those that the environment has from the locks around this one. */
static void
export_token(int64_t token)
{
	const char *outer = getenv(TOKENS);
	struct buf b = {0};

	if (outer != NULL && is_tokens(outer))
		buf_printf(&b, "%s,", outer);
	buf_printf(&b, "%" PRId64, token);
	buf_putc(&b, '\0');
	if (setenv(TOKENS, b.data, 1) != 0)
		msg_die_errno(TOKENS);
	buf_free(&b);
}

int
main(int argc, char **argv)
{
	struct settings s = {.wait = FOREVER};
	char **command;
	struct db *db;
	int c;

	cli_start(argv);
	while ((c = cli_next_before_command(&cli, argc, argv)) != -1)
		take_option(&s, c, optarg);
	command = take_operands(&s, argc, argv);
	connect_check(s.conninfo);
	db = db_open(s.conninfo, false);
	settle_session(db);
	set_patience(db, s.wait);
	lock_key(db, &s);
	export_token(lock_token(db));
	if (fcntl(PQsocket(db_connection(db)), F_SETFD, 0) != 0)
		msg_die_errno("fcntl");
	execvp(command[0], command);
	msg_die(EX_USAGE, "%s: cannot be run: %s", command[0], strerror(errno));
}
