/* The members that were named: see select.h. */
#include "select.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "fault.h"
#include "msg.h"

void
select_open(struct select *s, char **names, size_t count, bool ordered)
{
	size_t i, j;

	*s = (struct select){.names = names, .count = count, .ordered = ordered};
	for (i = 0; i < count; i++)
		for (j = 0; j < i; j++)
			if (strcmp(names[i], names[j]) == 0)
				cli_usage("%s: named twice", names[i]);
	s->found = calloc(count + 1, sizeof *s->found);
	if (s->found == NULL)
		msg_die_errno("memory");
}

bool
select_wants(struct select *s, const char *name)
{
	size_t i;

	if (s->count == 0)
		return true;
	for (i = 0; i < s->count && strcmp(s->names[i], name) != 0; i++)
		;
	if (i == s->count)
		return false;
	if (s->found[i])
		fault("duplicate: two members have this name");
	s->found[i] = true;
	if (s->ordered && i != s->next) {
		s->disordered = true;
		return false;
	}
	s->next++;
	return true;
}

void
select_finish(const struct select *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (!s->found[i]) {
			fault_in_member(s->names[i], strlen(s->names[i]));
			fault("no such member");
		}
	if (s->disordered)
		cli_usage("a pipe has its members in another order than they were named");
}

void
select_close(struct select *s)
{
	free(s->found);
}
