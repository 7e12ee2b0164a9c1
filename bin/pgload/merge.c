/* Merging by key: see merge.h. The SQL is made of names that the server has quoted. */
#include "merge.h"

#include <stdlib.h>

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

/* What the update sets, or the condition that it would change something. */
static void
put_values(struct buf *b, const struct mapping *m, bool condition)
{
	const char *glue = "";
	size_t i;

	for (i = 0; i < m->count; i++) {
		const char *name = m->columns[i]->quoted;
		const char *cast = m->columns[i]->no_equality ? "::text" : "";
		if (m->is_key[i])
			continue;
		if (condition)
			buf_printf(b, "%st.%s%s is distinct from r.%s%s", glue, name, cast,
			    name, cast);
		else
			buf_printf(b, "%s%s = r.%s", glue, name, name);
		glue = condition ? " or " : ", ";
	}
}

/*
 * Returns how many of the rows changed something. They are counted, not the target's rows: a
 * key that is not unique there has all of its rows updated.
 */
static uint64_t
update(struct db *db, const struct mapping *m)
{
	struct buf b = {0};
	PGresult *result;
	uint64_t rows;

	if (!has_values(m))
		return 0;
	buf_printf(&b, "with changed as (update %s t set ", m->table->quoted);
	put_values(&b, m, false);
	buf_puts(&b, " from " MERGE_TABLE " r where ");
	put_same_key(&b, m, "t", "r");
	buf_puts(&b, " and (");
	put_values(&b, m, true);
	buf_puts(&b, ") returning r." MERGE_NUMBER " as number)"
		     " select count(distinct number) from changed");
	buf_putc(&b, '\0');
	result = db_query(db, b.data, 0, NULL);
	rows = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	buf_free(&b);
	return rows;
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

struct merge_counts
merge_end(struct db *db, const struct mapping *m, uint64_t rows)
{
	struct merge_counts c = {0};
	struct buf b = {0};

	db_command(db, "analyze " MERGE_TABLE);
	buf_printf(&b, "lock table %s in share row exclusive mode", m->table->quoted);
	run(db, &b);
	c.superseded = supersede(db, m);
	c.updated = update(db, m);
	c.inserted = insert(db, m);
	c.unchanged = rows - c.superseded - c.updated - c.inserted;
	return c;
}
