/* A seekable archive: see directory.h. */
#include "directory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "central.h"
#include "fault.h"
#include "msg.h"
#include "window.h"

static void
add(void *context, const struct zip_entry *e)
{
	catalog_add(context, e);
}

/* Reads the member's local header; returns where the member's data ends. */
static uint64_t
check_local(struct in *in, struct zip_entry *e)
{
	static const char what[] = "its local header";
	struct zip_entry local;
	uint64_t end;
	size_t size;

	fault_in_member(e->name, e->name_len);
	window_seek(in, e->offset);
	if (zip_u32(window_need(in, ZIP_LOCAL_SIZE, what)) != ZIP_LOCAL)
		fault("no local header at byte %" PRIu64
		      ", where the central directory has it",
		    e->offset);
	size = zip_local_size((unsigned char *)in->data + in->start);
	zip_local(window_need(in, size, what), &local);
	fault_in_member(e->name, e->name_len);
	zip_hold_against(&local, e);
	e->data = e->offset + size; /* no overflow: those bytes were there */
	if (__builtin_add_overflow(e->data, e->compressed, &end))
		fault("reaches past the end of the archive");
	return end;
}

/* What lies between a member's data and the next header must be its descriptor, if any. */
static void
check_gap(struct in *in, const struct zip_entry *e, uint64_t end, uint64_t next)
{
	uint64_t gap;

	if (end > next)
		fault("overlaps what follows it at byte %" PRIu64, next);
	gap = next - end;
	if (!zip_has_descriptor(e)) {
		if (gap > 0)
			fault("%" PRIu64 " bytes behind it belong to no member", gap);
		return;
	}
	if (gap != 12 && gap != 16 && gap != 20 && gap != 24)
		fault("%" PRIu64 " bytes behind it are no data descriptor", gap);
	window_seek(in, end);
	if (!zip_descriptor_agrees(
		window_need(in, (size_t)gap, "its data descriptor"), (size_t)gap, e))
		fault("data descriptor and central directory disagree");
}

static int
compare_offsets(const void *a, const void *b)
{
	const struct zip_entry *x = *(struct zip_entry *const *)a;
	const struct zip_entry *y = *(struct zip_entry *const *)b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Members lie end to end from byte 0, or the marker there, to the directory. */
static void
check_layout(struct in *in, struct catalog *c, uint64_t directory)
{
	struct zip_entry **order = malloc((c->count + 1) * sizeof(struct zip_entry *));
	uint64_t end, next;
	size_t i;

	if (order == NULL)
		msg_die_errno("memory");
	for (i = 0; i < c->count; i++)
		order[i] = &c->entries[i];
	qsort(order, c->count, sizeof *order, compare_offsets);
	next = c->count > 0 ? order[0]->offset : directory;
	if (next == ZIP_MARKER_SIZE) {
		window_seek(in, 0);
		if (zip_is_marker(window_signature(in)))
			next = 0;
	}
	if (next > 0)
		fault("%" PRIu64 " bytes stand before the archive", next);
	for (i = 0; i < c->count; i++) {
		if (order[i]->offset >= directory)
			fault("a member lies behind the central directory");
		end = check_local(in, order[i]);
		next = i + 1 < c->count ? order[i + 1]->offset : directory;
		check_gap(in, order[i], end, next);
	}
	fault_in_member("", 0);
	free(order);
}

void
directory_read(struct in *in, struct catalog *c)
{
	struct stat st;
	uint64_t start;

	if (fstat(in->fd, &st) != 0)
		msg_die_errno("%s", in->name);
	start = central_find(in, (uint64_t)st.st_size);
	window_seek(in, start);
	c->odd_count = !central_read(in, add, c);
	catalog_seal(c);
	check_layout(in, c, start);
}
