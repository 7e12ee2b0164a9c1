/* The keys of a record: see ndjson_keys.h. */
#include "ndjson_keys.h"

#include <string.h>

#include "word.h"

/* One that was expected is the known one itself. */
static bool
same(const char *a, const char *b)
{
	return a == b || (a[0] == b[0] && strcmp(a, b) == 0);
}

/* The keys of the last record: mostly those of the next. More than fit are never known. */
static struct {
	uint64_t number;
	bool fits, quoted; /* a quote is in one of them, which no line has as it is */
	size_t count;
	size_t start[NDJSON_MEMBERS_MAX + 1]; /* of each key in text, and the end */
	char text[4096];                      /* each with its NUL */
} known;

char *
ndjson_keys_expect(size_t place, const char *text, size_t room, size_t *len)
{
	char *key;

	if (!known.fits || known.quoted || place >= known.count)
		return NULL;
	key = known.text + known.start[place];
	*len = known.start[place + 1] - known.start[place] - 1;
	return *len < room && text[*len] == '"' && word_equal(text, key, *len) ? key : NULL;
}

static bool
keys_are_known(const struct ndjson_record *r)
{
	size_t i;

	if (!known.fits || r->count != known.count)
		return false;
	for (i = 0; i < r->count; i++)
		if (!same(known.text + known.start[i], r->members[i]->string))
			return false;
	return true;
}

/* Those that were expected come first and stay where they are. */
static void
know_keys(const struct ndjson_record *r)
{
	size_t used = 0, len, i;

	known.number++;
	known.count = r->count;
	known.fits = known.quoted = false;
	for (i = 0; i < r->count; i++) {
		len = strlen(r->members[i]->string) + 1;
		if (len > sizeof known.text - used)
			return;
		memmove(known.text + used, r->members[i]->string, len);
		known.quoted |= memchr(known.text + used, '"', len) != NULL;
		known.start[i] = used;
		used += len;
	}
	known.start[i] = used;
	known.fits = true;
}

static bool
has_duplicate(const struct ndjson_record *r)
{
	size_t i, k;

	for (i = 1; i < r->count; i++)
		for (k = 0; k < i; k++)
			if (same(r->members[k]->string, r->members[i]->string))
				return true;
	return false;
}

const char *
ndjson_keys_check(struct ndjson_record *r)
{
	if (!keys_are_known(r)) {
		if (has_duplicate(r))
			return "duplicate-key";
		know_keys(r);
	}
	r->keys = known.number;
	return NULL;
}
