/* Queries, notices, and errors as exit codes: see db.h. */
#include "db.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "connect.h"
#include "line.h"
#include "msg.h"

struct db {
	PGconn *conn;
	bool verbose, committing;
	enum sqlstate_context context;
	uint64_t notices;
	char *about;
};

static bool
is_in_recovery(const struct db *db)
{
	const char *standby = PQparameterStatus(db->conn, "in_hot_standby");

	return standby != NULL && strcmp(standby, "on") == 0;
}

void
db_fail(struct db *db, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	struct buf b = {0};

	if (state == NULL || primary == NULL) {
		primary = PQerrorMessage(db->conn);
		msg_die(EX_UNAVAILABLE, "%s: the connection was lost%s: %s", db->about,
		    db->committing ? " during commit, which may have happened" : "",
		    line_flat(primary[0] ? primary : "no reason is known"));
	}
	buf_printf(&b, "%s%s%s", primary, detail ? ": " : "", detail ? detail : "");
	msg_die(sqlstate_status(state, db->context, is_in_recovery(db)),
	    "%s: %s (SQLSTATE %s)", db->about, line_flat_n(b.data, b.len), state);
}

static void
take_notice(void *arg, const char *text)
{
	struct db *db = arg;

	db->notices++;
	if (db->verbose)
		msg_warn("%s: %s", db->about, line_flat(text));
}

static void
check_encoding(struct db *db)
{
	const char *encoding = PQparameterStatus(db->conn, "server_encoding");

	if (encoding == NULL) /* libpq had no memory to keep it */
		msg_die(EX_UNAVAILABLE, "the encoding of the database is not known");
	if (strcmp(encoding, "UTF8") != 0)
		msg_die(EX_USAGE, "the database is encoded in %s, UTF8 is needed", encoding);
}

struct db *
db_open(const char *conninfo, bool verbose)
{
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL)
		msg_die_errno("memory");
	db->verbose = verbose;
	db->context = SQLSTATE_OWN;
	db_about(db, "database");
	db->conn = connect_open(conninfo, take_notice, db);
	check_encoding(db);
	db_command(db, "set timezone to 'UTC'");
	db_command(db, "set datestyle to 'ISO, YMD'");
	db_command(db, "set standard_conforming_strings to on");
	db_command(db, "set extra_float_digits to 1"); /* values are compared as text */
	return db;
}

void
db_about(struct db *db, const char *what)
{
	free(db->about);
	db->about = strdup(what);
	if (db->about == NULL)
		msg_die_errno("memory");
}

void
db_set_context(struct db *db, enum sqlstate_context context)
{
	db->context = context;
}

PGresult *
db_query(struct db *db, const char *sql, int n, const char *const *params)
{
	PGresult *result = PQexecParams(db->conn, sql, n, NULL, params, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		db_fail(db, result);
	return result;
}

uint64_t
db_command(struct db *db, const char *sql)
{
	PGresult *result = PQexec(db->conn, sql);
	uint64_t rows;

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		db_fail(db, result);
	rows = strtoull(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return rows;
}

void
db_commit(struct db *db)
{
	PGresult *result;

	db->committing = true;
	result = PQexec(db->conn, "commit");
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		db_fail(db, result);
	if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
		msg_die(EX_SOFTWARE, "%s: the server rolled back", db->about);
	PQclear(result);
	db->committing = false;
}

uint64_t
db_notices(const struct db *db)
{
	return db->notices;
}

PGconn *
db_connection(struct db *db)
{
	return db->conn;
}

void
db_close(struct db *db)
{
	PQfinish(db->conn);
	free(db->about);
	free(db);
}
