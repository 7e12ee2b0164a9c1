/* The table of errors: see sqlstate.h. */
#include "sqlstate.h"

#include <stddef.h>
#include <string.h>
#include <sysexits.h>

static const struct {
	const char *prefix;
	int status[3]; /* by enum sqlstate_context */
} states[] = {
#define SQLSTATE(prefix, connecting, data, own) {prefix, {connecting, data, own}},
#include "sqlstate.def"
#undef SQLSTATE
};

int
sqlstate_status(const char *state, enum sqlstate_context context)
{
	int status = EX_SOFTWARE;
	size_t i, len, longest = 0;

	for (i = 0; i < sizeof states / sizeof states[0]; i++) {
		len = strlen(states[i].prefix);
		if (len > longest && strncmp(state, states[i].prefix, len) == 0) {
			longest = len;
			status = states[i].status[context];
		}
	}
	return status;
}
