/* The column options of the command line: see wanted.h. */
#include "wanted.h"

#include <string.h>

#include "cli.h"

static void
check(const char *option, const struct names *n)
{
	char why[256];

	if (names_faulty(n, why, sizeof why))
		cli_usage("%s: %s", option, why);
}

/* Names with _ are provenance's, and those that we would make up cannot be told from it. */
static void
check_outputs(const char *option, const struct names *n)
{
	size_t i;

	check(option, n);
	for (i = 0; i < n->count; i++)
		if (n->all[i][0] == '_')
			cli_usage("%s: %s: a name that begins with _", option, n->all[i]);
}

/* Each item is OUTPUT=INPUT, or one name that is both. */
static void
split_choice(struct wanted *w, const char *choice)
{
	struct names items = {0};
	const char *item, *equals;
	size_t i;

	names_split(&items, choice);
	for (i = 0; i < items.count; i++) {
		item = items.all[i];
		equals = strchr(item, '=');
		names_add(&w->outputs, item, equals ? (size_t)(equals - item) : strlen(item));
		item = equals ? equals + 1 : item;
		names_add(&w->inputs, item, strlen(item));
	}
	names_free(&items);
	check_outputs("-c", &w->outputs);
}

void
wanted_open(struct wanted *w, const char *header, const char *choice, const char *json)
{
	*w = (struct wanted){0};
	if (choice != NULL)
		split_choice(w, choice);
	if (header != NULL) {
		names_split(&w->header, header);
		if (choice != NULL)
			check("-H", &w->header);
		else
			check_outputs("-H", &w->header);
	}
	if (json != NULL) {
		names_split(&w->literals, json);
		check("-j", &w->literals);
	}
}

void
wanted_close(struct wanted *w)
{
	names_free(&w->header);
	names_free(&w->outputs);
	names_free(&w->inputs);
	names_free(&w->literals);
}
