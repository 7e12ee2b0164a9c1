/* Names and values: see defines.h. There are few, so they are searched one by one. */
#include "defines.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "memory.h"
#include "msg.h"

struct define {
	const char *name, *value;
	size_t length; /* of the name */
	bool is_element;
};

struct defines {
	struct define *list;
	size_t count;
};

struct defines *
defines_new(void)
{
	return memory_new(1, sizeof(struct defines));
}

bool
defines_is_name(const char *name, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	size_t i;

	for (i = 0; i < n; i++)
		if (name[i] == '\0' || (strchr(letters, name[i]) == NULL &&
					   (i == 0 || name[i] < '0' || name[i] > '9')))
			return false;
	return n > 0;
}

/* The i-th entry of that name, or NULL. */
static struct define *
find(const struct defines *d, const char *name, size_t n, size_t i)
{
	size_t at;

	for (at = 0; at < d->count; at++)
		if (d->list[at].length == n && memcmp(d->list[at].name, name, n) == 0 &&
		    i-- == 0)
			return &d->list[at];
	return NULL;
}

void
defines_add(struct defines *d, const char *text)
{
	const char *equals = strchr(text, '=');
	size_t n = equals == NULL ? 0 : (size_t)(equals - text);
	struct define new = {
	    .name = text, .length = n, .is_element = n > 0 && text[n - 1] == '+'};
	struct define *known;

	new.length -= new.is_element;
	if (!defines_is_name(text, new.length))
		cli_usage("-D: %s: not NAME=VALUE or NAME+=VALUE", text);
	new.value = equals + 1;
	known = find(d, text, new.length, 0);
	if (known != NULL && known->is_element != new.is_element)
		cli_usage("-D: %s: the name has both one value and a list", text);
	if (known != NULL && !new.is_element) {
		*known = new;
		return;
	}
	d->list = realloc(d->list, (d->count + 1) * sizeof *d->list);
	if (d->list == NULL)
		msg_die_errno("memory");
	d->list[d->count++] = new;
}

static const char *
find_value(const struct defines *d, const char *name, size_t n, size_t i, bool is_element)
{
	const struct define *known = find(d, name, n, i);

	return known == NULL || known->is_element != is_element ? NULL : known->value;
}

const char *
defines_find(const struct defines *d, const char *name, size_t n)
{
	return find_value(d, name, n, 0, false);
}

const char *
defines_element(const struct defines *d, const char *name, size_t n, size_t i)
{
	return find_value(d, name, n, i, true);
}

void
defines_free(struct defines *d)
{
	free(d->list);
	free(d);
}
