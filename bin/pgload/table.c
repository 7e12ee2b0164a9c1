/* What the catalog knows of the table: see table.h. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "msg.h"

/* Most typmods carry a header's size; a numeric's scale is a signed number of 11 bits. */
enum { TYPMOD_HEADER = 4, SCALE_MASK = 0x7ff, SCALE_SIGN = 0x400 };

static const char table_sql[] =
    "select c.oid, format('%I.%I', n.nspname, c.relname), n.nspname || '.' || c.relname,"
    " c.relkind = 'r'"
    " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
    " where c.oid = $1::text::regclass";

static const char columns_sql[] =
    "with recursive base(attnum, type, typmod, not_null) as ("
    " select attnum, atttypid, atttypmod, attnotnull from pg_catalog.pg_attribute"
    " where attrelid = $1::oid and attnum > 0 and not attisdropped"
    " union all"
    " select b.attnum, t.typbasetype, t.typtypmod, b.not_null or t.typnotnull"
    " from base b join pg_catalog.pg_type t on t.oid = b.type where t.typtype = 'd')"
    " select a.attname, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),"
    " b.type, b.typmod, b.not_null, a.attidentity = 'a' or a.attgenerated <> ''"
    " from base b join pg_catalog.pg_type t on t.oid = b.type and t.typtype <> 'd'"
    " join pg_catalog.pg_attribute a on a.attrelid = $1::oid and a.attnum = b.attnum"
    " order by b.attnum";

/* The types' numbers are fixed for all time, in the server's pg_type.dat. */
static enum value_type
type_of(unsigned long oid)
{
	static const struct {
		unsigned long oid;
		enum value_type type;
	} types[] = {
	    {16, VALUE_BOOLEAN},
	    {20, VALUE_BIGINT},
	    {21, VALUE_SMALLINT},
	    {23, VALUE_INTEGER},
	    {25, VALUE_TEXT},
	    {700, VALUE_REAL},
	    {701, VALUE_DOUBLE},
	    {1043, VALUE_TEXT},
	    {1082, VALUE_DATE},
	    {1114, VALUE_TIMESTAMP},
	    {1184, VALUE_TIMESTAMPTZ},
	    {1700, VALUE_NUMERIC},
	};
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].oid == oid)
			return types[i].type;
	return VALUE_OTHER;
}

static struct value_type_info
type_info(unsigned long oid, long typmod)
{
	struct value_type_info info = {.type = type_of(oid)};
	int packed = (int)typmod - TYPMOD_HEADER;

	if (typmod < 0)
		return info;
	if (info.type == VALUE_TIMESTAMP || info.type == VALUE_TIMESTAMPTZ) {
		info.limited = true;
		info.scale = (int)typmod; /* bare */
	} else if (info.type == VALUE_NUMERIC) {
		info.limited = true;
		info.precision = packed >> 16;
		info.scale = ((packed & SCALE_MASK) ^ SCALE_SIGN) - SCALE_SIGN;
	} else if (info.type == VALUE_TEXT) {
		info.limited = true;
		info.max_characters = (uint32_t)packed;
	}
	return info;
}

static char *
copy_of(const char *s)
{
	char *copy = strdup(s);

	if (copy == NULL)
		msg_die_errno("memory");
	return copy;
}

static bool
is_true(const PGresult *r, int row, int field)
{
	return PQgetvalue(r, row, field)[0] == 't';
}

static void
read_column(struct column *c, const PGresult *r, int row)
{
	unsigned long oid = strtoul(PQgetvalue(r, row, 3), NULL, 10);

	c->name = copy_of(PQgetvalue(r, row, 0));
	c->quoted = copy_of(PQgetvalue(r, row, 1));
	c->type_name = copy_of(PQgetvalue(r, row, 2));
	c->type = type_info(oid, strtol(PQgetvalue(r, row, 4), NULL, 10));
	c->not_null = is_true(r, row, 5);
	c->computed = is_true(r, row, 6);
}

static void
read_columns(struct table *t, struct db *db, const char *oid)
{
	PGresult *r = db_query(db, columns_sql, 1, &oid);
	size_t i;

	t->count = (size_t)PQntuples(r);
	t->columns = calloc(t->count + 1, sizeof *t->columns);
	if (t->columns == NULL)
		msg_die_errno("memory");
	for (i = 0; i < t->count; i++)
		read_column(&t->columns[i], r, (int)i);
	PQclear(r);
}

struct table *
table_read(struct db *db, const char *name)
{
	struct table *t = calloc(1, sizeof *t);
	PGresult *r;

	if (t == NULL)
		msg_die_errno("memory");
	db_about(db, name);
	r = db_query(db, table_sql, 1, &name);
	if (PQntuples(r) != 1)
		msg_die(EX_USAGE, "%s: no such table", name);
	t->quoted = copy_of(PQgetvalue(r, 0, 1));
	t->display = copy_of(PQgetvalue(r, 0, 2));
	t->ordinary = is_true(r, 0, 3);
	db_about(db, t->display);
	read_columns(t, db, PQgetvalue(r, 0, 0));
	PQclear(r);
	return t;
}

const struct column *
table_column(const struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return &t->columns[i];
	return NULL;
}

void
table_free(struct table *t)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		free(t->columns[i].name);
		free(t->columns[i].quoted);
		free(t->columns[i].type_name);
	}
	free(t->columns);
	free(t->quoted);
	free(t->display);
	free(t);
}
