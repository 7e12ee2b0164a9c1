/* Lists of column names: see names.h. */
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"
#include "utf8.h"

void
names_add(struct names *n, const char *text, size_t len)
{
	char *copy = strndup(text, len);
	char **all = n->all;

	if (n->count == n->room) {
		n->room = n->room ? 2 * n->room : 32;
		all = realloc(n->all, n->room * sizeof *all);
	}
	if (copy == NULL || all == NULL)
		msg_die_errno("memory");
	n->all = all;
	n->all[n->count++] = copy;
}

void
names_split(struct names *n, const char *list)
{
	const char *comma;

	while ((comma = strchr(list, ',')) != NULL) {
		names_add(n, list, (size_t)(comma - list));
		list = comma + 1;
	}
	names_add(n, list, strlen(list));
}

size_t
names_find(const struct names *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->count && strcmp(n->all[i], name) != 0; i++)
		;
	return i;
}

bool
names_faulty(const struct names *n, char *why, size_t size)
{
	size_t i, len;

	if (n->count > NAMES_MAX) {
		snprintf(why, size, "more than %d columns", NAMES_MAX);
		return true;
	}
	for (i = 0; i < n->count; i++) {
		len = strlen(n->all[i]);
		if (len == 0)
			snprintf(why, size, "column %zu has no name", i + 1);
		else if (utf8_valid(n->all[i], len) != len)
			snprintf(why, size, "column %zu: its name is not UTF-8", i + 1);
		else if (names_find(n, n->all[i]) != i)
			snprintf(why, size, "column %zu: %.200s is there already", i + 1,
			    n->all[i]);
		else
			continue;
		return true;
	}
	return false;
}

void
names_free(struct names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->all[i]);
	free(n->all);
	*n = (struct names){0};
}
