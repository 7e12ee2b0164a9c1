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
	char *about;
};

/*
 * The status for a class of SQLSTATEs, the longest prefix first. What a later try may mend
 * (the server, its locks, its limits) is apart from what only a person can.
 */
static int
status_of(const char *state)
{
	static const struct {
		const char *prefix;
		int status;
	} classes[] = {
	    {"53300", EX_UNAVAILABLE}, /* too many connections */
	    {"55P03", EX_IOERR},       /* a lock was not had in time */
	    {"08", EX_UNAVAILABLE},    /* connection */
	    {"25", EX_UNAVAILABLE},    /* read-only: a standby */
	    {"40", EX_UNAVAILABLE},    /* deadlock, serialization */
	    {"57", EX_UNAVAILABLE},    /* shutdown, cancelled */
	    {"53", EX_IOERR},          /* disk full, out of memory */
	    {"58", EX_IOERR},          /* the server's own I/O */
	    {"XX", EX_IOERR},          /* internal error, corrupt data */
	    {"0A", EX_USAGE},          /* not supported for this table */
	    {"28", EX_USAGE},          /* no such role, wrong password */
	    {"3D", EX_USAGE},          /* no such database */
	    {"3F", EX_USAGE},          /* no such schema */
	    {"42", EX_USAGE},          /* no such table, no permission */
	};
	size_t i;

	for (i = 0; i < sizeof classes / sizeof classes[0]; i++)
		if (strncmp(state, classes[i].prefix, strlen(classes[i].prefix)) == 0)
			return classes[i].status;
	return EX_DATAERR;
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
	msg_die(status_of(state), "%s: %s (SQLSTATE %s)", db->about,
	    line_flat_n(b.data, b.len), state);
}

static void
take_notice(void *arg, const char *text)
{
	struct db *db = arg;

	if (db->verbose)
		msg_warn("%s: %s", db->about, line_flat(text));
}

static void
check_encoding(struct db *db)
{
	const char *encoding = PQparameterStatus(db->conn, "server_encoding");

	if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
		msg_die(EX_USAGE, "the database is encoded in %s, UTF8 is needed",
		    encoding ? encoding : "an unknown way");
}

struct db *
db_open(const char *conninfo, bool verbose)
{
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL)
		msg_die_errno("memory");
	db->verbose = verbose;
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
		msg_die(EX_DATAERR, "%s: the server rolled back", db->about);
	PQclear(result);
	db->committing = false;
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
