/*
 * Reads lines from stdin as records, once without cJSON and once with it, and compares all
 * that a filter may look at. Prints how many lines were flat; a difference is printed and
 * ends the program with 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ndjson_flat.h"
#include "ndjson_record.h"

static bool
same_value(const cJSON *a, const cJSON *b)
{
	return a->type == b->type && a->valueint == b->valueint &&
	       a->valuedouble == b->valuedouble &&
	       (a->valuestring == NULL) == (b->valuestring == NULL) &&
	       (a->valuestring == NULL || strcmp(a->valuestring, b->valuestring) == 0);
}

/* Is member i what cJSON makes of it, also of the text that its value has in the line? */
static bool
is_member(const struct ndjson_record *r, size_t i, const cJSON *m)
{
	const cJSON *text = cJSON_ParseWithLength(r->texts[i].start, r->texts[i].len);

	return text != NULL && same_value(text, m) && same_value(r->members[i], m) &&
	       strcmp(r->members[i]->string, m->string) == 0;
}

static bool
is_right(const struct ndjson_record *r)
{
	const cJSON *whole = cJSON_ParseWithLength(r->line, r->len);
	const cJSON *m = whole ? whole->child : NULL, *mine = r->object->child;
	size_t i;

	for (i = 0; i < r->count; i++, m = m->next, mine = mine->next)
		if (m == NULL || mine != r->members[i] || !is_member(r, i, m))
			return false;
	return whole != NULL && m == NULL && mine == NULL &&
	       r->object->child->prev == r->members[r->count - 1];
}

int
main(void)
{
	struct ndjson_record r = {0};
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	unsigned long flat = 0;
	bool right = true;

	arena_install();
	while (right && (len = getline(&line, &room, stdin)) > 0) {
		arena_reset();
		r.len = (size_t)len - (line[len - 1] == '\n');
		r.line = line;
		if (ndjson_find_fault(r.line, r.len) != NULL || !ndjson_flat_parse(&r))
			continue;
		flat++;
		right = is_right(&r);
	}
	if (right)
		printf("%lu\n", flat);
	else
		printf("differs: %s", line);
	free(line);
	arena_free();
	return right ? 0 : 1;
}
