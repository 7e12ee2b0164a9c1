/* The end of an archive: see central.h. */
#include "central.h"

#include <inttypes.h>
#include <string.h>

#include "fault.h"
#include "window.h"

enum { COMMENT_MAX = UINT16_MAX, EXTENSIBLE_MAX = 1 << 16, PADDING_MAX = 1 << 16 };

struct totals {
	uint64_t start, size, count;
	bool odd_here; /* the count of this disk's members is wrong */
	bool wide;     /* a zip64 record has said the same in 64 bits */
};

static void
read_entry(struct in *in, central_each *each, void *context)
{
	static const char what[] = "the central directory";
	struct zip_entry e;
	size_t size = zip_central_size(window_need(in, ZIP_CENTRAL_SIZE, what));

	zip_central(window_need(in, size, what), &e);
	each(context, &e);
	fault_in_member("", 0);
	in_consume(in, size);
}

static void
hold(const char *what, uint64_t stated, uint64_t found, bool elsewhere)
{
	if (stated != found && !elsewhere)
		fault("the end record states %" PRIu64 " as %s, it is %" PRIu64, stated, what,
		    found);
}

static void
hold_totals(struct totals *t, uint64_t here, uint64_t count, uint64_t size, uint64_t start,
    uint64_t mark16, uint64_t mark32)
{
	static const char members[] = "number of members";

	if (here != t->count && !(t->wide && here == mark16))
		t->odd_here = true;
	hold(members, count, t->count, t->wide && count == mark16);
	hold("size of the central directory", size, t->size, t->wide && size == mark32);
	hold("offset of the central directory", start, t->start, t->wide && start == mark32);
}

static void
refuse_disks(uint32_t a, uint32_t b)
{
	if (a != 0 || b != 0)
		fault("archives of several disks are not read");
}

/* The zip64 end record and its locator. */
static void
read_end64(struct in *in, struct totals *t)
{
	static const char what[] = "the zip64 end record";
	const unsigned char *p = window_need(in, ZIP_END64_SIZE, what);
	uint64_t size = zip_u64(p + 4), offset = in->offset;

	if (size < ZIP_END64_SIZE - 12 || size > EXTENSIBLE_MAX)
		fault("the zip64 end record has a wrong size, %" PRIu64, size);
	refuse_disks(zip_u32(p + 16), zip_u32(p + 20));
	hold_totals(
	    t, zip_u64(p + 24), zip_u64(p + 32), zip_u64(p + 40), zip_u64(p + 48), 0, 0);
	window_need(in, (size_t)size + 12, what);
	in_consume(in, (size_t)size + 12);

	p = window_need(in, ZIP_LOCATOR_SIZE, "the zip64 locator");
	if (zip_u32(p) != ZIP_LOCATOR)
		fault("the zip64 end record has no locator");
	refuse_disks(zip_u32(p + 4), zip_u32(p + 16) > 1);
	hold("offset of the zip64 end record", zip_u64(p + 8), offset, false);
	in_consume(in, ZIP_LOCATOR_SIZE);
	t->wide = true;
}

/* How many of the n bytes at p are left without padding: zeros, before them one CR LF. */
static size_t
without_padding(const unsigned char *p, size_t n)
{
	while (n > 0 && p[n - 1] == 0)
		n--;
	return n >= 2 && p[n - 2] == '\r' && p[n - 1] == '\n' ? n - 2 : n;
}

/*
 * Does an end record stand at p, `at` in the archive, whose comment reaches to the n bytes'
 * end or to the padding that begins at `padded`, and whose directory has room before it? Its
 * signature alone may be in anybody's data.
 */
static bool
is_end(const unsigned char *p, size_t n, size_t padded, uint64_t at)
{
	size_t size;

	if (n < ZIP_END_SIZE || zip_u32(p) != ZIP_END)
		return false;
	size = ZIP_END_SIZE + (size_t)zip_u16(p + 20);
	if (size > n || (size != n && size != padded && (size < padded || p[size] != 0)))
		return false;
	return zip_u32(p + 12) == UINT32_MAX || zip_u32(p + 16) == UINT32_MAX ||
	       (uint64_t)zip_u32(p + 12) + zip_u32(p + 16) <= at;
}

/* What may follow the archive: one CR LF, zeros, as tar and tapes pad. */
static void
read_padding(struct in *in)
{
	const unsigned char *p;
	size_t n = 0, size;

	while (n <= PADDING_MAX && window_has(in, n + 1))
		n = in_size(in);
	p = (const unsigned char *)in->data + in->start;
	size = n;
	if (n >= 2 && p[0] == '\r' && p[1] == '\n')
		p += 2, n -= 2;
	while (n > 0 && *p == 0)
		p++, n--;
	if (n > 0 || size > PADDING_MAX)
		fault("bytes behind the end of the archive");
	in_consume(in, size);
}

static void
read_end(struct in *in, struct totals *t)
{
	static const char what[] = "the end record";
	const unsigned char *p = window_need(in, ZIP_END_SIZE, what);
	uint16_t disk = zip_u16(p + 4), first = zip_u16(p + 6);
	size_t size = ZIP_END_SIZE + (size_t)zip_u16(p + 20), i;

	refuse_disks(t->wide && disk == UINT16_MAX ? 0 : disk,
	    t->wide && first == UINT16_MAX ? 0 : first);
	hold_totals(t, zip_u16(p + 8), zip_u16(p + 10), zip_u32(p + 12), zip_u32(p + 16),
	    UINT16_MAX, UINT32_MAX);
	p = window_need(in, size, "the archive's comment");
	for (i = 1; i < size; i++)
		if (is_end(p + i, size - i, size - i, in->offset + i))
			fault("several end records");
	in_consume(in, size);
	read_padding(in);
}

bool
central_read(struct in *in, central_each *each, void *context)
{
	struct totals t = {.start = in->offset};
	uint32_t signature;

	while ((signature = window_signature(in)) == ZIP_CENTRAL) {
		read_entry(in, each, context);
		t.count++;
	}
	t.size = in->offset - t.start;
	if (signature == ZIP_END64)
		read_end64(in, &t);
	if (window_signature(in) != ZIP_END)
		fault("neither a header nor an end record at byte %" PRIu64, in->offset);
	read_end(in, &t);
	return !t.odd_here;
}

/*
 * The directory that an end record at p, `at` in the archive, tells of. Returns if it ends
 * just where the end record begins, or the zip64 one whose locator is before that.
 */
static bool
find_directory(
    struct in *in, const unsigned char *p, uint64_t at, bool locator, uint64_t *start)
{
	uint64_t end64;

	*start = zip_u32(p + 16);
	if (*start + zip_u32(p + 12) == at)
		return true;
	if (!locator || zip_u32(p - ZIP_LOCATOR_SIZE) != ZIP_LOCATOR)
		return false;
	end64 = zip_u64(p - ZIP_LOCATOR_SIZE + 8);
	if (end64 >= at)
		return false;
	window_seek(in, end64);
	if (!window_has(in, ZIP_END64_SIZE))
		return false;
	p = (const unsigned char *)in->data + in->start;
	if (zip_u32(p) != ZIP_END64)
		return false;
	*start = zip_u64(p + 48);
	return *start <= end64 && zip_u64(p + 40) == end64 - *start;
}

/*
 * The end record is the one right behind its directory. Another may be found in a member's
 * data or in the directory; without a right one the first serves, for what is said of it.
 */
static bool
choose_end(struct in *in, const unsigned char *tail, size_t n, uint64_t at, uint64_t *start)
{
	size_t padded = without_padding(tail, n), i;
	bool any = false, right = false;
	uint64_t here;

	for (i = 0; i < n; i++) {
		if (!is_end(tail + i, n - i, padded > i ? padded - i : 0, at + i))
			continue;
		if (find_directory(in, tail + i, at + i, i >= ZIP_LOCATOR_SIZE, &here)) {
			if (right)
				fault("several end records");
			right = true;
			*start = here;
		} else if (!any && !right) {
			*start = here;
		}
		any = true;
	}
	return any;
}

uint64_t
central_find(struct in *in, uint64_t size)
{
	enum { TAIL_MAX = ZIP_LOCATOR_SIZE + ZIP_END_SIZE + COMMENT_MAX + PADDING_MAX };
	static unsigned char tail[TAIL_MAX]; /* the window moves to zip64 records */
	size_t n = size < TAIL_MAX ? (size_t)size : TAIL_MAX;
	uint64_t start = 0;
	bool ours;

	ours = size >= 4 && window_signature(in) == ZIP_LOCAL;
	window_seek(in, size - n);
	memcpy(tail, window_need(in, n, "its last part"), n);
	if (!choose_end(in, tail, n, size - n, &start)) {
		if (ours)
			fault("truncated, or other bytes follow: no end record closes it");
		fault("is no zip archive");
	}
	if (start > size)
		fault("the central directory lies outside of the archive");
	return start;
}
