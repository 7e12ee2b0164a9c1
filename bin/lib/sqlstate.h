/* The exit status for an SQLSTATE: the one table is sqlstate.def. */
#ifndef SQLSTATE_H
#define SQLSTATE_H

#include <stdbool.h>

/* What was being done when the server reported an error. */
enum sqlstate_context { SQLSTATE_CONNECTING, SQLSTATE_DATA, SQLSTATE_OWN };

/* An exit status for a state of five characters. in_recovery: the server is a standby. */
int sqlstate_status(const char *state, enum sqlstate_context context, bool in_recovery);

#endif
