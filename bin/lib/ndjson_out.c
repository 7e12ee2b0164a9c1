/* Writing NDJSON: see ndjson.h. */
#include <stdlib.h>
#include <xxhash.h>

#include "buf.h"
#include "msg.h"
#include "ndjson.h"
#include "out.h"

struct ndjson_out {
	struct out *out;
	XXH3_state_t *digest;
	uint64_t count;
	bool eager;
};

struct ndjson_out *
ndjson_out_open(bool eager)
{
	struct ndjson_out *o = calloc(1, sizeof *o);

	if (o == NULL || (o->digest = XXH3_createState()) == NULL)
		msg_die_errno("memory");
	XXH3_64bits_reset(o->digest);
	o->out = out_stdout();
	o->eager = eager;
	return o;
}

void
ndjson_out_put(struct ndjson_out *o, const char *lines, size_t len, uint64_t records)
{
	XXH3_64bits_update(o->digest, lines, len);
	out_put(o->out, lines, len);
	o->count += records;
	if (o->eager)
		out_flush(o->out);
}

void
ndjson_out_trailer(struct ndjson_out *o)
{
	struct buf b = {0};

	buf_puts(&b, "{\"_end\":{\"records\":");
	buf_put_u64(&b, o->count);
	buf_puts(&b, "}}\n");
	out_put(o->out, b.data, b.len);
	buf_free(&b);
}

uint64_t
ndjson_out_count(const struct ndjson_out *o)
{
	return o->count;
}

uint64_t
ndjson_out_digest(const struct ndjson_out *o)
{
	return XXH3_64bits_digest(o->digest);
}

void
ndjson_out_close(struct ndjson_out *o)
{
	out_close(o->out);
	XXH3_freeState(o->digest);
	free(o);
}
