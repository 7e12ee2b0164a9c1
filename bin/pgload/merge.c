/* Merging by key: see merge.h. The SQL is made of names that the server has quoted. */
#include "merge.h"

#include <stdlib.h>

#include "msg.h"

void
merge_put_columns(struct buf *b, const struct mapping *m, const char *prefix)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		buf_printf(b, "%s%s%s", i ? ", " : "", prefix, m->columns[i]->quoted);
}

static uint64_t
run(struct db *db, struct buf *b)
{
	uint64_t rows;

	buf_putc(b, '\0');
	rows = db_command(db, b->data);
	buf_free(b);
	return rows;
}

/* t.a = r.a and t.b = r.b, over the keys. */
static void
put_same_key(struct buf *b, const struct mapping *m, const char *one, const char *other)
{
	const char *glue = "";
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (!m->is_key[i])
			continue;
		buf_printf(b, "%s%s.%s = %s.%s", glue, one, m->columns[i]->quoted, other,
		    m->columns[i]->quoted);
		glue = " and ";
	}
}

static void
put_keys(struct buf *b, const struct mapping *m)
{
	const char *glue = "";
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (!m->is_key[i])
			continue;
		buf_printf(b, "%s%s", glue, m->columns[i]->quoted);
		glue = ", ";
	}
}

void
merge_begin(struct db *db, const struct mapping *m)
{
	struct buf b = {0};

	buf_puts(&b, "create temporary table pgload_rows on commit drop as"
		     " select 0::bigint as " MERGE_NUMBER ", ");
	merge_put_columns(&b, m, "t.");
	buf_printf(&b, " from %s t with no data", m->table->quoted);
	run(db, &b);
}

/* Drops the rows that a later one with the same key overrules. */
static uint64_t
supersede(struct db *db, const struct mapping *m)
{
	struct buf b = {0};

	buf_puts(&b, "delete from " MERGE_TABLE " r using (select ");
	put_keys(&b, m);
	buf_puts(&b, ", max(" MERGE_NUMBER ") as last from " MERGE_TABLE " group by ");
	put_keys(&b, m);
	buf_puts(&b, " having count(*) > 1) d where ");
	put_same_key(&b, m, "r", "d");
	buf_puts(&b, " and r." MERGE_NUMBER " < d.last");
	return run(db, &b);
}

static bool
has_values(const struct mapping *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (!m->is_key[i])
			return true;
	return false;
}

static void
put_assignments(struct buf *b, const struct mapping *m)
{
	const char *glue = "";
	size_t i;

	for (i = 0; i < m->count; i++) {
		const char *name = m->columns[i]->quoted;
		if (m->is_key[i])
			continue;
		buf_printf(b, "%s%s = r.%s", glue, name, name);
		glue = ", ";
	}
}

/*
 * What is behind a column's name when its values are compared. A type that we do not know may
 * have no = or one that takes different values for equal (interval's 30 days and 1 month,
 * boxes of one area), a collation may take letters for equal: these are compared as text,
 * byte by byte.
 */
static const char *
compared_as(const struct column *c)
{
	if (c->type.type == VALUE_OTHER)
		return "::text collate \"C\"";
	return c->type.type == VALUE_TEXT ? " collate \"C\"" : "";
}

/* The condition that r has something new for t. */
static void
put_differs(struct buf *b, const struct mapping *m)
{
	const char *glue = "(";
	size_t i;

	for (i = 0; i < m->count; i++) {
		const char *name = m->columns[i]->quoted, *as = compared_as(m->columns[i]);
		if (m->is_key[i])
			continue;
		buf_printf(b, "%st.%s%s is distinct from r.%s%s", glue, name, as, name, as);
		glue = " or ";
	}
	buf_puts(b, has_values(m) ? ")" : "false");
}

/* Runs a query that returns one number. */
static uint64_t
count(struct db *db, struct buf *b)
{
	PGresult *result;
	uint64_t rows;

	buf_putc(b, '\0');
	result = db_query(db, b->data, 0, NULL);
	rows = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	buf_free(b);
	return rows;
}

/* The rows whose key is there and that have nothing new for any row of it. */
static uint64_t
count_unchanged(struct db *db, const struct mapping *m)
{
	struct buf b = {0};

	buf_printf(&b, "select count(*) from (select from " MERGE_TABLE " r join %s t on ",
	    m->table->quoted);
	put_same_key(&b, m, "t", "r");
	buf_puts(&b, " group by r." MERGE_NUMBER " having not bool_or(");
	put_differs(&b, m);
	buf_puts(&b, ")) u");
	return count(db, &b);
}

/*
 * Returns how many of the rows changed something. They are counted, not the target's rows: a
 * key that is not unique there has all of its rows updated.
 */
static uint64_t
update(struct db *db, const struct mapping *m)
{
	struct buf b = {0};

	if (!has_values(m))
		return 0;
	buf_printf(&b, "with changed as (update %s t set ", m->table->quoted);
	put_assignments(&b, m);
	buf_puts(&b, " from " MERGE_TABLE " r where ");
	put_same_key(&b, m, "t", "r");
	buf_puts(&b, " and ");
	put_differs(&b, m);
	buf_puts(&b, " returning r." MERGE_NUMBER " as number)"
		     " select count(distinct number) from changed");
	return count(db, &b);
}

static uint64_t
insert(struct db *db, const struct mapping *m)
{
	struct buf b = {0};

	buf_printf(&b, "insert into %s (", m->table->quoted);
	merge_put_columns(&b, m, "");
	buf_puts(&b, ") select ");
	merge_put_columns(&b, m, "r.");
	buf_printf(&b, " from " MERGE_TABLE " r where not exists (select from %s t where ",
	    m->table->quoted);
	put_same_key(&b, m, "t", "r");
	buf_puts(&b, ")");
	return run(db, &b);
}

/* Each row has one fate; where a trigger gave one another, the counts would be lies. */
static void
check_sum(const struct merge_counts *c, const struct mapping *m, uint64_t rows)
{
	uint64_t sum = c->superseded + c->unchanged + c->updated + c->inserted;

	if (sum != rows)
		msg_die(EX_DATAERR,
		    "%s: of %ju rows the server accounts for %ju (a trigger may drop or "
		    "change them)",
		    m->table->display, (uintmax_t)rows, (uintmax_t)sum);
}

struct merge_counts
merge_end(struct db *db, const struct mapping *m, uint64_t rows)
{
	struct merge_counts c = {0};
	struct buf b = {0};

	db_command(db, "analyze " MERGE_TABLE);
	buf_printf(&b, "lock table %s in share row exclusive mode", m->table->quoted);
	run(db, &b);
	c.superseded = supersede(db, m);
	c.unchanged = count_unchanged(db, m);
	c.updated = update(db, m);
	c.inserted = insert(db, m);
	check_sum(&c, m, rows);
	return c;
}
