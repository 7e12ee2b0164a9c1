/* The records of a zip file: see zip.h. */
#include "zip.h"

#include <inttypes.h>
#include <string.h>

#include "fault.h"

enum {
	FLAG_ENCRYPTED = 1 << 0,
	FLAG_LEVEL = 3 << 1, /* how hard the compressor tried: means nothing to us */
	FLAG_DESCRIPTOR = 1 << 3,
	FLAG_PATCH = 1 << 5,
	FLAG_STRONG = 1 << 6,
	FLAG_MASKED = 1 << 13,
	EXTRA_ZIP64 = 1,
	EXTRA_HEAD = 4
};

size_t
zip_local_size(const unsigned char *p)
{
	return (size_t)ZIP_LOCAL_SIZE + zip_u16(p + 26) + zip_u16(p + 28);
}

size_t
zip_central_size(const unsigned char *p)
{
	return (size_t)ZIP_CENTRAL_SIZE + zip_u16(p + 28) + zip_u16(p + 30) + zip_u16(p + 32);
}

/* Finds the zip64 field among the extra fields; NULL if there is none. */
static const unsigned char *
find_zip64(const unsigned char *p, size_t n, size_t *len)
{
	const unsigned char *found = NULL;

	while (n >= EXTRA_HEAD) { /* a shorter rest is padding, which some tools leave */
		size_t size = zip_u16(p + 2);
		if (size > n - EXTRA_HEAD)
			fault("an extra field reaches past the header");
		if (zip_u16(p) == EXTRA_ZIP64) {
			if (found)
				fault("two zip64 extra fields");
			found = p + EXTRA_HEAD;
			*len = size;
		}
		p += EXTRA_HEAD + size;
		n -= EXTRA_HEAD + size;
	}
	return found;
}

/*
 * Replaces what is marked by all-ones with the next number of the zip64 field. Local headers
 * hold both sizes there even when one is marked.
 */
static void
widen(const unsigned char *extra, size_t n, uint64_t *fields[], size_t count, bool local)
{
	size_t len = 0, i;
	const unsigned char *p = find_zip64(extra, n, &len);
	bool all = local && len >= 8 * count;

	for (i = 0; i < count; i++) {
		bool marked = *fields[i] == UINT32_MAX;
		if (!marked && !all)
			continue;
		if (len < 8) {
			if (marked)
				fault(
				    "a 64-bit size or offset is missing from its extra field");
			continue;
		}
		if (marked)
			*fields[i] = zip_u64(p);
		p += 8;
		len -= 8;
	}
}

/* The 20 bytes from the flags on, which both headers share. */
static void
common(const unsigned char *p, struct zip_entry *e)
{
	*e = (struct zip_entry){.flags = zip_u16(p),
	    .method = zip_u16(p + 2),
	    .time = zip_u16(p + 4),
	    .date = zip_u16(p + 6),
	    .crc = zip_u32(p + 8),
	    .compressed = zip_u32(p + 12),
	    .size = zip_u32(p + 16),
	    .name_len = zip_u16(p + 20)};
}

void
zip_local(const unsigned char *p, struct zip_entry *e)
{
	uint64_t *fields[] = {&e->size, &e->compressed};

	common(p + 6, e);
	e->name = (const char *)p + ZIP_LOCAL_SIZE;
	fault_in_member(e->name, e->name_len);
	widen(p + ZIP_LOCAL_SIZE + e->name_len, zip_u16(p + 28), fields, 2, true);
}

void
zip_central(const unsigned char *p, struct zip_entry *e)
{
	uint64_t *fields[] = {&e->size, &e->compressed, &e->offset};
	uint16_t disk = zip_u16(p + 34);

	common(p + 8, e);
	e->name = (const char *)p + ZIP_CENTRAL_SIZE;
	e->offset = zip_u32(p + 42);
	fault_in_member(e->name, e->name_len);
	widen(p + ZIP_CENTRAL_SIZE + e->name_len, zip_u16(p + 30), fields, 3, false);
	if (disk != 0 && disk != UINT16_MAX)
		fault("lies on disk %u: archives of several disks are not read", disk);
}

bool
zip_has_descriptor(const struct zip_entry *e)
{
	return e->flags & FLAG_DESCRIPTOR;
}

bool
zip_descriptor_agrees(const unsigned char *p, size_t size, const struct zip_entry *e)
{
	if (size == 16 || size == 24) {
		if (zip_u32(p) != ZIP_DESCRIPTOR)
			return false;
		p += 4;
		size -= 4;
	}
	if (zip_u32(p) != e->crc)
		return false;
	if (size == 12)
		return zip_u32(p + 4) == e->compressed && zip_u32(p + 8) == e->size;
	return size == 20 && zip_u64(p + 4) == e->compressed && zip_u64(p + 12) == e->size;
}

/* Where a descriptor follows, a local header may leave its numbers out. */
static void
hold_number(const char *what, uint64_t local, uint64_t better, bool may_be_zero)
{
	if (local != better && !(may_be_zero && local == 0))
		fault("local header disagrees on the %s: %" PRIu64 " there, else %" PRIu64,
		    what, local, better);
}

void
zip_hold_against(const struct zip_entry *local, const struct zip_entry *better)
{
	bool later = zip_has_descriptor(local);

	if (local->name_len != better->name_len ||
	    memcmp(local->name, better->name, local->name_len) != 0)
		fault("local header disagrees on the name");
	hold_number("method", local->method, better->method, false);
	hold_number("flags", local->flags & ~FLAG_LEVEL, better->flags & ~FLAG_LEVEL, false);
	hold_number("compressed size", local->compressed, better->compressed, later);
	hold_number("size", local->size, better->size, later);
	if (local->crc != better->crc && !(later && local->crc == 0))
		fault("local header disagrees on the CRC-32: %08" PRIx32
		      " there, else %08" PRIx32,
		    local->crc, better->crc);
	if (zip_is_folder(better) && better->size != 0)
		fault("is a folder, yet has content");
}

void
zip_refuse_foreign(const struct zip_entry *e)
{
	if (e->flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED))
		fault("is encrypted");
	if (e->flags & FLAG_PATCH)
		fault("is a patch, not a file");
	if (e->method != ZIP_STORED && e->method != ZIP_DEFLATE)
		fault("unknown method %u", e->method);
}

bool
zip_is_folder(const struct zip_entry *e)
{
	return e->name_len > 0 && e->name[e->name_len - 1] == '/';
}
