/* An archive from a pipe: see stream.h. */
#include "stream.h"

#include <inttypes.h>

#include "central.h"
#include "fault.h"
#include "member.h"
#include "window.h"
#include "work.h"

static struct zip_entry *
read_header(struct in *in, struct catalog *c)
{
	static const char what[] = "a local header";
	struct zip_entry e, *seen;
	size_t size = zip_local_size(window_need(in, ZIP_LOCAL_SIZE, what));

	zip_local(window_need(in, size, what), &e);
	e.offset = in->offset;
	seen = catalog_add(c, &e);
	in_consume(in, size);
	seen->data = in->offset;
	return seen;
}

/*
 * A descriptor has 32- or 64-bit sizes, with or without its signature, and does not say which.
 * It is the form that agrees with what was produced and that a header follows. Returns its
 * size, or 0 if there is none.
 */
static size_t
find_descriptor(struct in *in, const struct zip_entry *got)
{
	static const size_t sizes[] = {24, 20, 16, 12};
	const unsigned char *p;
	uint32_t next;
	size_t i;

	/* The central directory alone is longer, so this much must be there. */
	p = window_need(in, ZIP_DESCRIPTOR_MAX + 4, "a data descriptor");
	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		next = zip_u32(p + sizes[i]);
		if ((next == ZIP_LOCAL || next == ZIP_CENTRAL) &&
		    zip_descriptor_agrees(p, sizes[i], got))
			return sizes[i];
	}
	return 0;
}

static void
read_descriptor(struct in *in, const struct zip_entry *got)
{
	size_t size = find_descriptor(in, got);
	const unsigned char *p = (const unsigned char *)in->data + in->start;

	if (size > 0) {
		in_consume(in, size);
		return;
	}
	p += zip_u32(p) == ZIP_DESCRIPTOR ? 4 : 0;
	if (zip_u32(p) != got->crc)
		fault("CRC-32 is %08" PRIx32 ", %08" PRIx32 " was promised", got->crc,
		    zip_u32(p));
	fault("sizes are %" PRIu64 " and %" PRIu64
	      " compressed, its data descriptor disagrees",
	    got->size, got->compressed);
}

/*
 * The end of stored bytes can only be known from their number. Where a header leaves it out
 * the member may still be empty, when the descriptor of an empty one follows at once.
 */
static void
refuse_endless(struct in *in, const struct zip_entry *e)
{
	struct zip_entry empty = {.flags = e->flags};

	if (zip_has_descriptor(e) && e->method == ZIP_STORED && e->compressed == 0 &&
	    find_descriptor(in, &empty) == 0)
		fault("stored, its size unknown: cannot be read from a pipe");
}

/* Unpacks one member and leaves in e what was produced. */
static void
read_member(struct in *in, struct unpacker *u, struct zip_entry *e, struct work *w)
{
	bool later = zip_has_descriptor(e), sized = !later || e->method == ZIP_STORED;
	struct zip_entry promised = *e;
	struct unpacked got;
	bool wanted;

	zip_refuse_foreign(e);
	refuse_endless(in, e);
	wanted = work_begin(w, e);
	got = unpacker_run(u, e, sized, wanted ? w : NULL);
	if (!later)
		unpacked_check(&got, e);
	e->compressed = got.compressed;
	e->size = got.size;
	e->crc = got.crc;
	zip_hold_against(&promised, e);
	if (later)
		read_descriptor(in, e);
	if (wanted)
		work_end(w, e);
}

/* The seen member whose local header is at offset; members were seen in that order. */
static struct zip_entry *
find_offset(const struct catalog *c, uint64_t offset)
{
	size_t low = 0, high = c->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (c->entries[middle].offset == offset)
			return &c->entries[middle];
		if (c->entries[middle].offset > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void
hold_against_seen(void *context, const struct zip_entry *central)
{
	struct zip_entry *seen = find_offset(context, central->offset);

	if (seen == NULL)
		fault("the central directory has a local header at byte %" PRIu64
		      ", there is none",
		    central->offset);
	if (seen->listed)
		fault("the central directory has it twice");
	unpacked_check(&(struct unpacked){seen->compressed, seen->size, seen->crc}, central);
	zip_hold_against(seen, central);
	seen->listed = true;
	seen->time = central->time;
	seen->date = central->date;
}

static void
refuse_unlisted(const struct catalog *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (!c->entries[i].listed) {
			fault_in_member(c->entries[i].name, c->entries[i].name_len);
			fault("the central directory does not have it");
		}
}

void
stream_read(struct in *in, struct catalog *c, struct work *w)
{
	struct unpacker *u = unpacker_open(in);
	uint32_t signature;

	if (!window_has(in, 4))
		fault("is no zip archive: it has %zu bytes", in_size(in));
	signature = window_signature(in);
	if (zip_is_marker(signature)) {
		in_consume(in, ZIP_MARKER_SIZE);
		signature = window_signature(in);
	}
	if (signature != ZIP_LOCAL && signature != ZIP_END && signature != ZIP_END64)
		fault("is no zip archive");
	for (; signature == ZIP_LOCAL; signature = window_signature(in)) {
		read_member(in, u, read_header(in, c), w);
		fault_in_member("", 0);
	}
	catalog_seal(c);
	c->odd_count = !central_read(in, hold_against_seen, c);
	refuse_unlisted(c);
	unpacker_close(u);
}
