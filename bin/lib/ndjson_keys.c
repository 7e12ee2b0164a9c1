/* The keys of a record: see ndjson_keys.h. */
#include "ndjson_keys.h"

#include <string.h>

static bool
same(const char *a, const char *b)
{
	return a[0] == b[0] && strcmp(a, b) == 0;
}

/* The keys of the last record: mostly those of the next. More than fit are never known. */
static struct {
	uint64_t number;
	size_t count;
	char text[4096]; /* each with its NUL */
} known = {.count = SIZE_MAX};

static bool
keys_are_known(const struct ndjson_record *r)
{
	const char *key = known.text;
	size_t i;

	if (r->count != known.count)
		return false;
	for (i = 0; i < r->count; i++) {
		if (!same(key, r->members[i]->string))
			return false;
		key += strlen(key) + 1;
	}
	return true;
}

static void
know_keys(const struct ndjson_record *r)
{
	size_t used = 0, len, i;

	known.number++;
	known.count = r->count;
	for (i = 0; i < r->count; i++) {
		len = strlen(r->members[i]->string) + 1;
		if (len > sizeof known.text - used) {
			known.count = SIZE_MAX;
			return;
		}
		memcpy(known.text + used, r->members[i]->string, len);
		used += len;
	}
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
