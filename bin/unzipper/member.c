/* One member unpacked: see member.h. */
#include "member.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>

#include "fault.h"
#include "msg.h"
#include "window.h"
#include "work.h"

enum { BLOCK = 1 << 18 };

struct unpacker {
	struct in *in;
	z_stream z;
	uint64_t left, room; /* bytes that may yet be consumed, produced */
	struct unpacked got;
	struct work *work;
	unsigned char block[BLOCK];
};

struct unpacker *
unpacker_open(struct in *in)
{
	struct unpacker *u = malloc(sizeof *u);

	if (u == NULL)
		msg_die_errno("memory");
	u->in = in;
	u->z = (z_stream){0};
	if (inflateInit2(&u->z, -MAX_WBITS) != Z_OK)
		msg_die(EX_IOERR, "memory: zlib has none");
	return u;
}

/* The input that may be consumed now; reads some if there is none. 0 at the end. */
static size_t
available(struct unpacker *u)
{
	size_t n;

	if (u->left > 0 && in_size(u->in) == 0)
		in_fill(u->in);
	n = in_size(u->in);
	return n < u->left ? n : (size_t)u->left;
}

static void
consume(struct unpacker *u, size_t n)
{
	in_consume(u->in, n);
	u->left -= n;
	u->got.compressed += n;
}

static void
deliver(struct unpacker *u, const unsigned char *p, size_t n)
{
	if (n > u->room)
		fault("has more bytes than the %" PRIu64 " that were promised",
		    u->got.size + u->room);
	u->room -= n;
	u->got.size += n;
	u->got.crc = libdeflate_crc32(u->got.crc, p, n);
	if (u->work)
		work_put(u->work, p, n);
}

static _Noreturn void
refuse_short(const struct unpacker *u, const char *what)
{
	if (u->left == 0)
		fault("its %s ends too early: %" PRIu64 " compressed bytes are all", what,
		    u->got.compressed);
	fault("truncated: the archive ends at byte %" PRIu64 ", in the member's data",
	    u->in->offset);
}

static void
copy(struct unpacker *u)
{
	size_t n;

	while (u->left > 0) {
		n = available(u);
		if (n == 0)
			refuse_short(u, "data");
		deliver(u, (unsigned char *)u->in->data + u->in->start, n);
		consume(u, n);
	}
}

static void
decompress(struct unpacker *u)
{
	z_stream *z = &u->z;
	size_t n;
	int result;

	if (inflateReset(z) != Z_OK)
		msg_die(EX_IOERR, "zlib: cannot start");
	do {
		n = available(u);
		z->next_in = (unsigned char *)u->in->data + u->in->start;
		z->avail_in = (uInt)n;
		z->next_out = u->block;
		z->avail_out = BLOCK;
		result = inflate(z, Z_NO_FLUSH);
		if (result == Z_BUF_ERROR)
			refuse_short(u, "deflate stream");
		if (result == Z_MEM_ERROR)
			msg_die(EX_IOERR, "memory: zlib has none");
		consume(u, n - z->avail_in);
		if (result != Z_OK && result != Z_STREAM_END)
			fault("its deflate stream is damaged before byte %" PRIu64
			      " of the archive: %s",
			    u->in->offset, z->msg ? z->msg : "unknown");
		deliver(u, u->block, BLOCK - z->avail_out);
	} while (result != Z_STREAM_END);
}

struct unpacked
unpacker_run(struct unpacker *u, const struct zip_entry *e, bool sized, struct work *w)
{
	u->left = sized ? e->compressed : UINT64_MAX;
	u->room = sized ? e->size : UINT64_MAX;
	u->got = (struct unpacked){0};
	u->work = w;
	if (e->method == ZIP_STORED)
		copy(u);
	else
		decompress(u);
	return u->got;
}

void
unpacked_check(const struct unpacked *got, const struct zip_entry *e)
{
	if (got->size != e->size)
		fault("size is %" PRIu64 ", %" PRIu64 " was promised", got->size, e->size);
	if (got->compressed != e->compressed)
		fault("compressed size is %" PRIu64 ", %" PRIu64 " was promised",
		    got->compressed, e->compressed);
	if (got->crc != e->crc)
		fault("CRC-32 is %08" PRIx32 ", %08" PRIx32 " was promised", got->crc, e->crc);
}

void
unpacker_close(struct unpacker *u)
{
	inflateEnd(&u->z);
	free(u);
}
