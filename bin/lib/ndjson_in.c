/* Reading NDJSON: see ndjson.h. Lines, the trailer and the digest; a line is parsed elsewhere.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "arena.h"
#include "in.h"
#include "msg.h"
#include "ndjson.h"
#include "ndjson_record.h"

struct ndjson_in {
	struct in in;
	bool filtered;
	XXH3_state_t *digest;
	size_t undigested; /* bytes in front of the window's start that the digest lacks */
	uint64_t count, lines;
	struct reject_log *notes; /* or NULL */
	bool longer;              /* only the first piece of the last line has been read */
	bool ended;               /* the trailer has been seen */
};

struct ndjson_in *
ndjson_in_open(int fd, const char *name, bool filtered)
{
	struct ndjson_in *n = calloc(1, sizeof *n);

	if (n == NULL || (n->digest = XXH3_createState()) == NULL)
		msg_die_errno("memory");
	XXH3_64bits_reset(n->digest);
	in_open(&n->in, fd, name, NDJSON_LINE_MAX + 1);
	n->filtered = filtered;
	arena_install();
	return n;
}

void
ndjson_in_set_notes(struct ndjson_in *n, struct reject_log *notes)
{
	n->notes = notes;
}

void
ndjson_in_watch(struct ndjson_in *n, int fd, void (*look)(void *arg), void *arg)
{
	in_watch(&n->in, fd, look, arg);
}

/* In large pieces, for a line at a time costs more than its bytes: before the window moves,
 * and where the trailer begins. */
static void
digest(struct ndjson_in *n)
{
	XXH3_64bits_update(n->digest, n->in.data + n->in.start - n->undigested, n->undigested);
	n->undigested = 0;
}

/*
 * Finds the next line in the window: *len bytes and, in *taken, those with the LF. False at
 * the end of the stream. Of a line that is too long it finds a piece, and n->longer is set.
 */
static bool
find_line(struct ndjson_in *n, size_t *len, size_t *taken)
{
	struct in *in = &n->in;
	size_t seen = 0;
	const char *lf;

	n->longer = false;
	for (;;) {
		lf = memchr(in->data + in->start + seen, '\n', in_size(in) - seen);
		if (lf != NULL)
			break;
		seen = in_size(in);
		digest(n);
		if (!in_fill(in)) {
			n->longer = seen > NDJSON_LINE_MAX;
			*len = *taken = n->longer ? NDJSON_LINE_MAX : seen;
			return seen > 0;
		}
	}
	*len = (size_t)(lf - (in->data + in->start));
	*taken = *len + 1;
	return true;
}

static void
consume(struct ndjson_in *n, size_t taken)
{
	in_consume(&n->in, taken);
	n->undigested += taken;
}

/* What is not a record is no part of the digest. */
static void
skip(struct ndjson_in *n, size_t taken)
{
	digest(n);
	in_consume(&n->in, taken);
}

static _Noreturn void
fail_cut(const struct ndjson_in *n)
{
	msg_die(EX_IOERR, "%s: line %" PRIu64 ": the stream ends in the middle of a line",
	    n->in.name, n->lines);
}

/* Reads the rest of a line of which the first piece has been read, and notes it. */
static void
read_rest(struct ndjson_in *n)
{
	struct reject note = {.record = n->count,
	    .line = n->lines,
	    .code = "too-long-more",
	    .reason = "the line goes on"};
	size_t taken;

	while (n->longer) {
		if (!find_line(n, &note.raw_len, &taken) ||
		    (!n->longer && taken == note.raw_len))
			fail_cut(n);
		note.length = note.raw_len;
		note.offset = n->in.offset;
		note.raw = n->in.data + n->in.start;
		if (n->notes != NULL)
			reject_note(n->notes, &note);
		consume(n, taken);
	}
}

/* Is it {"_end":{"records":N}}? Any other object with _end in front is a broken trailer. */
static bool
is_trailer(const struct ndjson_in *n, const struct ndjson_record *r, double *records)
{
	const cJSON *value;

	if (r->code != NULL || r->count == 0 || strcmp(r->members[0]->string, "_end") != 0)
		return false;
	value = cJSON_GetObjectItemCaseSensitive(r->members[0], "records");
	if (r->count != 1 || !cJSON_IsNumber(value))
		msg_die(EX_IOERR, "%s: a trailer that cannot be read", n->in.name);
	*records = cJSON_GetNumberValue(value);
	return true;
}

/* Counts beyond 2^53 do not fit a double; no stream of lines is that long. */
static void
check_trailer(struct ndjson_in *n, double records)
{
	double seen = (double)n->count;

	if (seen > records || (seen < records && !n->filtered))
		msg_die(EX_IOERR, "%s: %" PRIu64 " records arrived, the trailer says %.0f",
		    n->in.name, n->count, records);
	n->ended = true;
}

/* True if the line is a trailer, which is then held against what arrived. */
static bool
read_trailer(struct ndjson_in *n, const struct ndjson_record *r, size_t taken)
{
	double records;

	if (!is_trailer(n, r, &records))
		return false;
	if (taken == r->len)
		msg_die(EX_IOERR, "%s: the trailer is cut short", n->in.name);
	check_trailer(n, records);
	skip(n, taken);
	return true;
}

static bool
is_blank_line(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!ndjson_is_blank(s[i]))
			return false;
	return true;
}

/* Finds the next line that is not blank; false at the end of the stream. */
static bool
next_line(struct ndjson_in *n, struct ndjson_record *r, size_t *taken)
{
	static const char bom[] = "\xef\xbb\xbf";

	while (find_line(n, &r->len, taken)) {
		r->line = n->in.data + n->in.start;
		if (n->lines == 0 && r->len >= 3 && memcmp(r->line, bom, 3) == 0) {
			in_consume(&n->in, 3);
			r->line += 3;
			r->len -= 3;
			*taken -= 3;
		}
		n->lines++;
		if (n->longer || !is_blank_line(r->line, r->len))
			return true;
		skip(n, *taken);
	}
	return false;
}

bool
ndjson_in_next(struct ndjson_in *n, struct ndjson_record *r)
{
	size_t taken;

	read_rest(n);
	if (!next_line(n, r, &taken))
		return false;
	if (n->ended)
		msg_die(EX_IOERR, "%s: something follows the trailer", n->in.name);
	r->offset = n->in.offset;
	r->line_number = n->lines;
	if (n->longer)
		ndjson_record_spoil(r, "too-long");
	else
		ndjson_record_parse(r);
	if (r->code != NULL && r->object == NULL && taken == r->len && !n->longer)
		fail_cut(n);
	if (read_trailer(n, r, taken))
		return ndjson_in_next(n, r);
	consume(n, taken);
	r->number = ++n->count;
	return true;
}

bool
ndjson_in_has_trailer(const struct ndjson_in *n)
{
	return n->ended;
}

uint64_t
ndjson_in_count(const struct ndjson_in *n)
{
	return n->count;
}

uint64_t
ndjson_in_bytes(const struct ndjson_in *n)
{
	return n->in.offset;
}

uint64_t
ndjson_in_digest(struct ndjson_in *n)
{
	digest(n);
	return XXH3_64bits_digest(n->digest);
}

void
ndjson_in_close(struct ndjson_in *n)
{
	in_close(&n->in);
	XXH3_freeState(n->digest);
	arena_free();
	free(n);
}
