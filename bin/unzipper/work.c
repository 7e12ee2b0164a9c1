/* What is done with the members: see work.h. */
#include "work.h"

#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "extract.h"
#include "fault.h"
#include "list.h"
#include "msg.h"
#include "out.h"
#include "progress.h"
#include "trailer.h"

void
work_open(struct work *w)
{
	if (w->mode == WORK_WRITE)
		w->out = out_stdout();
	if (w->mode == WORK_EXTRACT)
		w->extract = extract_open(w->folder);
	if (w->mode == WORK_WRITE || w->mode == WORK_EXTRACT)
		w->progress = progress_open(w->verbose, "members");
}

void
work_refuse_choice(uint64_t files)
{
	if (files > 1)
		cli_usage("the archive holds several files (-l lists them): name one");
}

/* Without a name standard output takes the only file there is. */
static bool
is_the_only_file(struct work *w, const struct zip_entry *e)
{
	if (zip_is_folder(e))
		return false;
	work_refuse_choice(++w->files);
	return true;
}

bool
work_begin(struct work *w, const struct zip_entry *e)
{
	if (!select_wants(&w->select, e->name))
		return false;
	if (w->mode == WORK_WRITE && w->select.count == 0)
		return is_the_only_file(w, e);
	if (w->mode == WORK_EXTRACT)
		w->out = extract_begin(w->extract, e);
	return w->mode != WORK_LIST;
}

/* As data of a stream with a trailer: each NUL twice, see trailer.h. */
static void
put_doubled(struct out *o, const char *p, size_t n)
{
	const char *nul;
	size_t len;

	for (; (nul = memchr(p, '\0', n)) != NULL; p += len, n -= len) {
		len = (size_t)(nul - p) + 1;
		out_put(o, p, len);
		out_put(o, "", 1);
	}
	out_put(o, p, n);
}

void
work_put(struct work *w, const void *p, size_t n)
{
	if (n > w->max_size - w->bytes)
		fault("more than the %" PRIu64 " bytes that --max-size allows", w->max_size);
	w->bytes += n;
	if (w->out && w->trailer)
		put_doubled(w->out, p, n);
	else if (w->out)
		out_put(w->out, p, n);
	progress_tick(w->progress, w->members, w->bytes);
}

static void
put_trailer(struct work *w, const struct zip_entry *e)
{
	char text[TRAILER_MAX];

	out_put(w->out, text, trailer_format(text, e->size, e->crc));
}

void
work_end(struct work *w, const struct zip_entry *e)
{
	w->members++;
	w->last = *e;
	if (w->mode == WORK_WRITE && w->trailer && !w->piped)
		put_trailer(w, e);
	if (w->mode == WORK_TEST && w->verbose)
		fault_remark("ok, %" PRIu64 " bytes", e->size);
	if (w->mode == WORK_EXTRACT) {
		out_close(w->out);
		w->out = NULL;
	}
}

static void
finish_writing(struct work *w)
{
	if (w->select.count == 0 && w->files == 0)
		fault("there is no file in it");
	if (w->trailer && w->piped)
		put_trailer(w, &w->last);
	out_close(w->out);
	w->out = NULL;
}

void
work_finish(struct work *w, const struct catalog *c)
{
	fault_in_member("", 0);
	if (c->odd_count && w->verbose)
		fault_remark("the end record has a wrong number of members on this disk");
	select_finish(&w->select);
	switch (w->mode) {
	case WORK_WRITE:
		finish_writing(w);
		break;
	case WORK_LIST:
		list_print(c, &w->select);
		break;
	case WORK_EXTRACT:
		extract_finish(w->extract);
		break;
	case WORK_TEST:
		break;
	}
	progress_close(w->progress, w->members, w->bytes);
	select_close(&w->select);
}
