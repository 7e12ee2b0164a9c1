/* The reject file: see reject.h. */
#include "reject.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "buf.h"
#include "json.h"
#include "msg.h"
#include "out.h"
#include "utf8.h"

enum {
	LEAST = 256,     /* of a record's bytes are kept in any case */
	TOTAL = 64 << 20 /* of all records that one program notes */
};

struct reject_log {
	int fd; /* -1: no file */
	const char *path, *member;
	uint64_t count, max;
	size_t left; /* of TOTAL */
	struct buf line;
	/* of the record that comes in pieces, or is being written: */
	struct buf head; /* its first bytes */
	uint64_t length;
	XXH3_state_t *hash;
};

struct reject_log *
reject_open(const char *path, const char *member, uint64_t max)
{
	struct reject_log *log = calloc(1, sizeof *log);

	if (log == NULL || (log->hash = XXH3_createState()) == NULL)
		msg_die_errno("memory");
	log->left = TOTAL;
	log->fd = -1;
	log->path = path;
	log->member = member;
	log->max = max;
	if (path != NULL)
		log->fd = out_open_lines(path);
	return log;
}

static void
put_base64(struct buf *b, const char *raw, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i, k;

	for (i = 0; i < n; i += 3) {
		uint32_t group = 0;
		size_t have = n - i < 3 ? n - i : 3;
		for (k = 0; k < 3; k++)
			group = group << 8 | (k < have ? (unsigned char)raw[i + k] : 0);
		for (k = 0; k < 4; k++)
			buf_putc(b, k <= have ? digits[group >> (18 - 6 * k) & 63] : '=');
	}
}

static void
put_field(struct buf *b, const char *name, uint64_t value)
{
	buf_printf(b, ",\"%s\":%" PRIu64, name, value);
}

static void
put_raw(struct buf *b, const char *raw, size_t n)
{
	if (utf8_valid(raw, n) == n && memchr(raw, 0, n) == NULL) {
		buf_puts(b, ",\"raw\":");
		json_put_string(b, raw, n);
	} else {
		buf_puts(b, ",\"raw_base64\":\"");
		put_base64(b, raw, n);
		buf_putc(b, '"');
	}
}

/* How many bytes of a record may be kept now. */
static size_t
most_bytes(const struct reject_log *log)
{
	if (log->left < LEAST)
		return LEAST;
	return log->left < REJECT_KEPT ? log->left : REJECT_KEPT;
}

/* Writes the line. raw: the first bytes of the record's r->length. */
static void
write_line(struct reject_log *log, const struct reject *r, const char *raw, size_t n)
{
	struct buf *b = &log->line;
	XXH128_hash_t hash;

	buf_clear(b);
	buf_puts(b, "{\"tool\":");
	json_put_text(b, msg_tool());
	buf_puts(b, ",\"member\":");
	json_put_text(b, log->member);
	put_field(b, "record", r->record);
	put_field(b, "line", r->line);
	put_field(b, "offset", r->offset);
	put_field(b, "length", log->length);
	buf_puts(b, ",\"code\":");
	json_put_text(b, r->code);
	buf_puts(b, ",\"reason\":");
	json_put_text(b, r->reason);
	if (n < log->length) {
		hash = XXH3_128bits_digest(log->hash);
		b->len--; /* the quote that closes the reason */
		buf_printf(b,
		    "; only the first %zu of %" PRIu64
		    " bytes are kept, XXH3 of all: %016" PRIx64 "%016" PRIx64 "\"",
		    n, log->length, hash.high64, hash.low64);
	}
	put_raw(b, raw, n);
	buf_puts(b, "}\n");
	out_write_all(log->fd, b->data, b->len, log->path);
	log->left -= n < log->left ? n : log->left;
}

/* Cuts what is kept of a longer text at the end of a character. */
static size_t
cut(const char *raw, size_t n)
{
	size_t valid = utf8_valid(raw, n);

	return n - valid < 4 ? valid : n;
}

void
reject_note(struct reject_log *log, const struct reject *r)
{
	size_t most = most_bytes(log), n = r->raw_len;

	if (log->fd < 0)
		return;
	log->length = r->raw_len;
	if (n > most) {
		XXH3_128bits_reset(log->hash);
		XXH3_128bits_update(log->hash, r->raw, r->raw_len);
		n = cut(r->raw, most);
	}
	write_line(log, r, r->raw, n);
}

/* Says where, as file:line, what no file takes. */
static _Noreturn void
die_of(const struct reject_log *log, const struct reject *r)
{
	msg_die(EX_DATAERR, "%s:%" PRIu64 ": record %" PRIu64 ": %s (%s)",
	    log->member ? log->member : "input", r->line, r->record, r->reason, r->code);
}

static void
count_reject(struct reject_log *log, const struct reject *r)
{
	if (++log->count > log->max)
		msg_die(EX_DATAERR,
		    "%s: more than %" PRIu64 " bad records, the last at line %" PRIu64 ": %s",
		    log->member ? log->member : "input", log->max, r->line, r->reason);
}

void
reject_add(struct reject_log *log, const struct reject *r)
{
	if (log->fd < 0)
		die_of(log, r);
	reject_note(log, r);
	count_reject(log, r);
}

void
reject_begin(struct reject_log *log, const struct reject *first)
{
	if (log->fd < 0)
		die_of(log, first);
	buf_clear(&log->head);
	log->length = 0;
	XXH3_128bits_reset(log->hash);
	reject_more(log, first->raw, first->raw_len);
}

void
reject_more(struct reject_log *log, const char *raw, size_t n)
{
	size_t room = most_bytes(log) - log->head.len;

	XXH3_128bits_update(log->hash, raw, n);
	buf_put(&log->head, raw, n < room ? n : room);
	log->length += n;
}

void
reject_end(struct reject_log *log, const struct reject *r)
{
	size_t n = log->head.len;

	if (n < log->length)
		n = cut(log->head.data, n);
	write_line(log, r, log->head.data, n);
	count_reject(log, r);
}

uint64_t
reject_count(const struct reject_log *log)
{
	return log->count;
}

void
reject_close(struct reject_log *log)
{
	if (log->fd >= 0 && close(log->fd) != 0)
		msg_die_errno("%s", log->path);
	buf_free(&log->line);
	buf_free(&log->head);
	XXH3_freeState(log->hash);
	free(log);
}
