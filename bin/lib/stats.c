/* The counts of a filter: see stats.h. */
#include "stats.h"

#include <inttypes.h>
#include <unistd.h>

#include "json.h"
#include "msg.h"
#include "out.h"

void
stats_begin(struct buf *b, const char *member)
{
	buf_clear(b);
	buf_puts(b, "{\"tool\":");
	json_put_text(b, msg_tool());
	buf_puts(b, ",\"member\":");
	json_put_text(b, member);
}

void
stats_count(struct buf *b, const char *name, uint64_t value)
{
	buf_printf(b, ",\"%s\":%" PRIu64, name, value);
}

void
stats_digest(struct buf *b, const char *name, uint64_t value)
{
	buf_printf(b, ",\"%s\":\"%016" PRIx64 "\"", name, value);
}

void
stats_crc32(struct buf *b, const char *name, uint32_t value)
{
	buf_printf(b, ",\"%s\":\"%08" PRIx32 "\"", name, value);
}

void
stats_append(struct buf *b, const char *path)
{
	int fd;

	if (path == NULL)
		return;
	buf_puts(b, "}\n");
	fd = out_open_lines(path);
	out_write_all(fd, b->data, b->len, path);
	if (close(fd) != 0)
		msg_die_errno("%s", path);
}
