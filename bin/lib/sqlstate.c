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
#define STANDBY(prefix)
#include "sqlstate.def"
#undef SQLSTATE
#undef STANDBY
};

static const char *const of_standby[] = {
#define SQLSTATE(prefix, connecting, data, own)
#define STANDBY(prefix) prefix,
#include "sqlstate.def"
#undef SQLSTATE
#undef STANDBY
};

static bool
begins_with(const char *state, const char *prefix)
{
	return strncmp(state, prefix, strlen(prefix)) == 0;
}

int
sqlstate_status(const char *state, enum sqlstate_context context, bool in_recovery)
{
	int status = EX_SOFTWARE;
	size_t i, len, longest = 0;

	for (i = 0; in_recovery && i < sizeof of_standby / sizeof of_standby[0]; i++)
		if (begins_with(state, of_standby[i]))
			return EX_UNAVAILABLE;
	for (i = 0; i < sizeof states / sizeof states[0]; i++) {
		len = strlen(states[i].prefix);
		if (len > longest && begins_with(state, states[i].prefix)) {
			longest = len;
			status = states[i].status[context];
		}
	}
	return status;
}
