/* The reject file: see reject.h. */
#include "reject.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "json.h"
#include "msg.h"
#include "out.h"
#include "utf8.h"

struct reject_log {
	int fd; /* -1: no file */
	const char *path, *member;
	uint64_t count, max;
	struct buf line;
};

struct reject_log *
reject_open(const char *path, const char *member, uint64_t max)
{
	struct reject_log *log = calloc(1, sizeof *log);

	if (log == NULL)
		msg_die_errno("memory");
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

void
reject_note(struct reject_log *log, const struct reject *r)
{
	struct buf *b = &log->line;

	if (log->fd < 0)
		return;
	buf_clear(b);
	buf_puts(b, "{\"tool\":");
	json_put_text(b, msg_tool());
	buf_puts(b, ",\"member\":");
	json_put_text(b, log->member);
	put_field(b, "record", r->record);
	put_field(b, "line", r->line);
	put_field(b, "offset", r->offset);
	put_field(b, "length", r->length);
	buf_puts(b, ",\"code\":");
	json_put_text(b, r->code);
	buf_puts(b, ",\"reason\":");
	json_put_text(b, r->reason);
	put_raw(b, r->raw, r->raw_len);
	buf_puts(b, "}\n");
	out_write_all(log->fd, b->data, b->len, log->path);
}

/* Says where, as file:line, what no file takes. */
static _Noreturn void
die_of(const struct reject_log *log, const struct reject *r)
{
	msg_die(EX_DATAERR, "%s:%" PRIu64 ": record %" PRIu64 ": %s (%s)",
	    log->member ? log->member : "input", r->line, r->record, r->reason, r->code);
}

void
reject_add(struct reject_log *log, const struct reject *r)
{
	if (log->fd < 0)
		die_of(log, r);
	reject_note(log, r);
	if (++log->count > log->max)
		msg_die(EX_DATAERR,
		    "%s: more than %" PRIu64 " bad records, the last at line %" PRIu64 ": %s",
		    log->member ? log->member : "input", log->max, r->line, r->reason);
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
	free(log);
}
