/* Keys and columns: see mapping.h. */
#include "mapping.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "msg.h"

static bool
may_ignore(const struct mapping *m, const char *key)
{
	return m->ignore_unknown || key[0] == '_';
}

static void
put_name(struct buf *b, const char *name)
{
	if (b->len > 0)
		buf_puts(b, ", ");
	buf_puts(b, name);
}

/* Gives the key a slot; one that cannot be loaded is added to unknown or computed. */
static void
add_key(struct mapping *m, const char *key, struct buf *unknown, struct buf *computed)
{
	const struct column *c = table_column(m->table, key);
	size_t i = m->slot_count++;

	m->slots[i].column = MAPPING_IGNORED;
	m->slots[i].key = strdup(key);
	if (m->slots[i].key == NULL)
		msg_die_errno("memory");
	if (c != NULL && c->computed)
		put_name(computed, key);
	else if (c == NULL && !may_ignore(m, key))
		put_name(unknown, key);
	if (c != NULL) {
		m->slots[i].column = (int)m->count;
		m->columns[m->count++] = c;
	}
}

/* The server reads its binary format faster, and only for types that we know. */
static enum value_format
format_for(const struct mapping *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (m->columns[i]->type.type == VALUE_OTHER)
			return VALUE_AS_TEXT;
	return VALUE_AS_BINARY;
}

static void
refuse(const struct mapping *m, struct buf *names, const char *why)
{
	if (names->len == 0)
		return;
	msg_die(
	    EX_DATAERR, "%s: %s: %.*s", m->table->display, why, (int)names->len, names->data);
}

struct mapping *
mapping_open(const struct table *t, const struct ndjson_record *first, bool ignore_unknown)
{
	struct mapping *m = calloc(1, sizeof *m);
	struct buf unknown = {0}, computed = {0};
	size_t i;

	if (m == NULL)
		msg_die_errno("memory");
	m->table = t;
	m->ignore_unknown = ignore_unknown;
	for (i = 0; i < first->count; i++)
		add_key(m, first->members[i]->string, &unknown, &computed);
	refuse(m, &unknown, "no such column (see --ignore-unknown)");
	refuse(m, &computed, "the server computes this column itself");
	if (m->count == 0)
		msg_die(EX_DATAERR, "%s: no key of the first record is a column", t->display);
	m->format = format_for(m);
	return m;
}

static void
set_key(struct mapping *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (strcmp(m->columns[i]->name, name) == 0) {
			m->is_key[i] = true;
			return;
		}
	msg_die(
	    EX_DATAERR, "%s: the records have no %s, which -k names", m->table->display, name);
}

/* Cuts the first name off the list, "a,b", and returns it; NULL when none is left. */
static char *
next_name(char **list)
{
	char *name = *list, *comma = name ? strchr(name, ',') : NULL;

	if (comma != NULL)
		*comma++ = '\0';
	*list = comma;
	return name;
}

static char *
copy_of(const char *list)
{
	char *copy = strdup(list);

	if (copy == NULL)
		msg_die_errno("memory");
	return copy;
}

void
mapping_check_keys(const struct table *t, const char *list)
{
	char *copy = copy_of(list), *rest = copy, *name;
	bool *seen = calloc(t->count + 1, sizeof *seen);
	const struct column *c;

	if (seen == NULL)
		msg_die_errno("memory");
	while ((name = next_name(&rest)) != NULL) {
		c = table_column(t, name);
		if (c == NULL)
			msg_die(EX_USAGE, "%s: -k: no such column: %s", t->display, name);
		if (seen[c - t->columns])
			msg_die(EX_USAGE, "-k: %s stands there twice", name);
		seen[c - t->columns] = true;
	}
	free(seen);
	free(copy);
}

void
mapping_set_keys(struct mapping *m, const char *list)
{
	char *copy = copy_of(list), *rest = copy, *name;

	while ((name = next_name(&rest)) != NULL)
		set_key(m, name);
	free(copy);
}

int
mapping_find(const struct mapping *m, const char *key, size_t i)
{
	size_t n;

	/* Records mostly have their keys in the order of the first: look there first. */
	for (n = 0; n < m->slot_count; n++, i++) {
		if (i >= m->slot_count)
			i = 0;
		if (strcmp(m->slots[i].key, key) == 0)
			return m->slots[i].column;
	}
	if (table_column(m->table, key) == NULL && may_ignore(m, key))
		return MAPPING_IGNORED;
	return MAPPING_UNEXPECTED;
}

void
mapping_close(struct mapping *m)
{
	size_t i;

	for (i = 0; i < m->slot_count; i++)
		free(m->slots[i].key);
	free(m);
}
