/* -v: see progress.h. */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "msg.h"

enum { TICKS_PER_LOOK = 256, PLAIN_INTERVAL_S = 10 };

struct progress {
	const char *what;
	bool terminal;
	unsigned ticks;
	double started, shown;
};

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct progress *
progress_open(bool wanted, const char *what)
{
	struct progress *p;

	if (!wanted)
		return NULL;
	p = calloc(1, sizeof *p);
	if (p == NULL)
		msg_die_errno("memory");
	p->what = what;
	p->terminal = isatty(STDERR_FILENO);
	p->started = p->shown = now_s();
	return p;
}

static void
show(struct progress *p, double now, uint64_t count, uint64_t bytes, const char *end)
{
	double seconds = now - p->started;
	double rate = seconds > 0 ? (double)bytes / 1e6 / seconds : 0;

	fprintf(stderr, "%s%s: %" PRIu64 " %s, %.1f MB, %.1f s, %.0f MB/s%s",
	    p->terminal ? "\r\033[K" : "", msg_tool(), count, p->what, (double)bytes / 1e6,
	    seconds, rate, end);
	fflush(stderr);
	msg_set_unfinished(*end == '\0');
	p->shown = now;
}

void
progress_tick(struct progress *p, uint64_t count, uint64_t bytes)
{
	double now;

	if (p == NULL || p->ticks++ % TICKS_PER_LOOK != 0)
		return;
	now = now_s();
	if (now - p->shown >= (p->terminal ? 0.2 : PLAIN_INTERVAL_S))
		show(p, now, count, bytes, p->terminal ? "" : "\n");
}

void
progress_close(struct progress *p, uint64_t count, uint64_t bytes)
{
	if (p == NULL)
		return;
	show(p, now_s(), count, bytes, "\n");
	free(p);
}
