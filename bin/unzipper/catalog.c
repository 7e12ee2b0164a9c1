/* The members of one archive: see catalog.h. */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "msg.h"
#include "utf8.h"

enum { COMPONENT_MAX = 255 };

static bool
component_is(const char *s, size_t n, const char *text)
{
	return n == strlen(text) && memcmp(s, text, n) == 0;
}

/* Why the component s[0..n) of a name is none, or NULL. */
static const char *
component_fault(const char *s, size_t n)
{
	if (n == 0)
		return "the name has an empty component";
	if (component_is(s, n, ".") || component_is(s, n, ".."))
		return "the name has a component . or ..";
	if (n > COMPONENT_MAX)
		return "the name has a component of more than 255 bytes";
	return NULL;
}

/* Why the name is refused, or NULL. One slash at the end is a folder's. */
static const char *
name_fault(const char *name, size_t n)
{
	const char *why, *slash;

	if (n == 0)
		return "a member has no name";
	if (memchr(name, '\0', n))
		return "the name holds a NUL";
	if (memchr(name, '\\', n))
		return "the name holds a backslash";
	if (name[0] == '/')
		return "the name is absolute";
	if (utf8_valid(name, n) != n)
		return "the name is not UTF-8";
	while (n > 0) {
		slash = memchr(name, '/', n);
		size_t len = slash ? (size_t)(slash - name) : n;
		why = component_fault(name, len);
		if (why)
			return why;
		if (slash)
			len++;
		name += len;
		n -= len;
	}
	return NULL;
}

static void
make_room(struct catalog *c)
{
	size_t cap = c->cap ? 2 * c->cap : 64;

	if (c->count == CATALOG_MEMBERS_MAX)
		fault("more than %d members", CATALOG_MEMBERS_MAX);
	if (c->count < c->cap)
		return;
	c->entries = realloc(c->entries, cap * sizeof *c->entries);
	if (c->entries == NULL)
		msg_die_errno("memory: %zu members", cap);
	c->cap = cap;
}

struct zip_entry *
catalog_add(struct catalog *c, const struct zip_entry *e)
{
	const char *why = name_fault(e->name, e->name_len);
	struct zip_entry *to;
	char *name;

	fault_in_member(e->name, e->name_len);
	if (why)
		fault("%s", why);
	if (e->name_len > CATALOG_NAMES_MAX - c->name_bytes)
		fault("more than %d bytes of names", CATALOG_NAMES_MAX);
	make_room(c);
	name = malloc((size_t)e->name_len + 1);
	if (name == NULL)
		msg_die_errno("memory");
	memcpy(name, e->name, e->name_len);
	name[e->name_len] = '\0';
	c->name_bytes += e->name_len;
	to = &c->entries[c->count++];
	*to = *e;
	to->name = name;
	return to;
}

/* The slash sorts first: what a folder holds then follows the folder's own name at once. */
static int
compare_names(const char *a, const char *b)
{
	unsigned x, y;

	while (*a && *a == *b)
		a++, b++;
	x = *a == '/' ? 1 : *a ? (unsigned char)*a + 1u : 0;
	y = *b == '/' ? 1 : *b ? (unsigned char)*b + 1u : 0;
	return x < y ? -1 : x > y;
}

static int
compare_entries(const void *a, const void *b)
{
	return compare_names(
	    (*(struct zip_entry *const *)a)->name, (*(struct zip_entry *const *)b)->name);
}

static void
refuse_clash(const struct zip_entry *a, const struct zip_entry *b)
{
	fault_in_member(b->name, b->name_len);
	if (strcmp(a->name, b->name) == 0)
		fault("duplicate: two members have this name");
	if (!zip_is_folder(a) && strncmp(a->name, b->name, a->name_len) == 0 &&
	    b->name[a->name_len] == '/')
		fault("duplicate: a folder of this name is a file, too");
}

void
catalog_seal(struct catalog *c)
{
	size_t i;

	c->by_name = malloc((c->count + 1) * sizeof *c->by_name);
	if (c->by_name == NULL)
		msg_die_errno("memory");
	for (i = 0; i < c->count; i++)
		c->by_name[i] = &c->entries[i];
	qsort(c->by_name, c->count, sizeof *c->by_name, compare_entries);
	for (i = 1; i < c->count; i++)
		refuse_clash(c->by_name[i - 1], c->by_name[i]);
	fault_in_member("", 0);
}

struct zip_entry *
catalog_find(const struct catalog *c, const char *name)
{
	size_t low = 0, high = c->count, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = compare_names(name, c->by_name[middle]->name);
		if (order == 0)
			return c->by_name[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

void
catalog_free(struct catalog *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		free((char *)(uintptr_t)c->entries[i].name);
	free(c->entries);
	free(c->by_name);
	*c = (struct catalog){0};
}
