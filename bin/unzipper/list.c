/* -l: see list.h. */
#include "list.h"

#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "out.h"

static void
put_method(struct buf *b, uint16_t method)
{
	if (method == ZIP_STORED)
		buf_puts(b, "\"stored\"");
	else if (method == ZIP_DEFLATE)
		buf_puts(b, "\"deflate\"");
	else
		buf_printf(b, "\"%u\"", method);
}

/* A month or a day of 0 is how tools write that they have no time. */
static void
put_time(struct buf *b, const struct zip_entry *e)
{
	int month = e->date >> 5 & 15, day = e->date & 31;

	if (month == 0 || day == 0)
		buf_puts(b, "null");
	else
		buf_printf(b, "\"%04d-%02d-%02dT%02d:%02d:%02d\"", 1980 + (e->date >> 9),
		    month, day, e->time >> 11, e->time >> 5 & 63, 2 * (e->time & 31));
}

static void
put_member(struct buf *b, const struct zip_entry *e)
{
	buf_puts(b, "{\"name\":");
	json_put_string(b, e->name, e->name_len);
	buf_printf(b,
	    ",\"size\":%" PRIu64 ",\"compressed\":%" PRIu64 ",\"crc32\":\"%08" PRIx32
	    "\",\"method\":",
	    e->size, e->compressed, e->crc);
	put_method(b, e->method);
	buf_puts(b, ",\"mtime\":");
	put_time(b, e);
	buf_puts(b, "}\n");
}

static bool
is_selected(const struct select *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (strcmp(s->names[i], name) == 0)
			return true;
	return s->count == 0;
}

void
list_print(const struct catalog *c, const struct select *s)
{
	struct out *o = out_stdout();
	struct buf b = {0};
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (!is_selected(s, c->entries[i].name))
			continue;
		buf_clear(&b);
		put_member(&b, &c->entries[i]);
		out_put(o, b.data, b.len);
	}
	out_close(o);
	buf_free(&b);
}
