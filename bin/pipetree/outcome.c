/* Verdicts: see outcome.h. */
#include "outcome.h"

#include <stdbool.h>
#include <sysexits.h>

const char *
outcome_name(enum outcome_kind kind)
{
	static const char *const names[] = {
	    "not-started", "running", "done", "reader-gone", "failed", "ended"};

	return names[kind];
}

int
outcome_signal(const struct outcome *o)
{
	return o->signal != 0 ? o->signal : o->status > 128 ? o->status - 128 : 0;
}

int
outcome_status(const struct outcome *o)
{
	return outcome_signal(o) != 0 ? EX_IOERR : o->status;
}

static bool
is_missing_trailer(const struct tree_command *c, const struct outcome *o)
{
	return c->depth > 0 && o->signal == 0 && o->status == EX_IOERR;
}

/* Does command i come before command j among those that have failed? */
static bool
is_before(const struct tree *t, const struct outcome *o, size_t i, size_t j)
{
	const struct tree_command *a = tree_at(t, i), *b = tree_at(t, j);
	bool a_late = is_missing_trailer(a, &o[i]), b_late = is_missing_trailer(b, &o[j]);

	if (a_late != b_late)
		return b_late;
	return a->depth != b->depth ? a->depth < b->depth : i < j;
}

size_t
outcome_cause(const struct tree *t, const struct outcome *o)
{
	size_t i, n = tree_count(t), cause = n;

	for (i = 0; i < n; i++)
		if (o[i].kind == OUTCOME_FAILED && tree_at(t, i)->side == NULL &&
		    (cause == n || is_before(t, o, i, cause)))
			cause = i;
	return cause;
}
