/*
 * Flat records: see ndjson_flat.h. The line is copied and its closing quotes become NULs, so
 * that keys and strings are C strings where they stand.
 */
#include "ndjson_flat.h"

#include <limits.h>
#include <string.h>

#include "ndjson_keys.h"

enum { EXACT_DIGITS = 15 }; /* so many fit a double whatever they are */

/* One record's, like cJSON's arena. */
static cJSON object = {.type = cJSON_Object};
static cJSON items[NDJSON_MEMBERS_MAX];
static bool as_before; /* its keys, so far, are those of the record before */

/* p is behind an opening quote: ends the string there and returns what follows it, or NULL. */
static char *
take_string(char *p, char *end)
{
	char *quote = memchr(p, '"', (size_t)(end - p));

	if (quote == NULL)
		return NULL;
	*quote = '\0';
	return quote + 1;
}

/* A whole number as JSON writes it; cJSON knows a zero with a minus. */
static char *
take_number(char *p, cJSON *item)
{
	bool negative = *p == '-';
	char *digits = p += negative;
	int64_t n = 0;

	for (; *p >= '0' && *p <= '9' && p - digits <= EXACT_DIGITS; p++)
		n = 10 * n + (*p - '0');
	if (p == digits || p - digits > EXACT_DIGITS)
		return NULL;
	if (*digits == '0' && (negative || p - digits > 1))
		return NULL;
	n = negative ? -n : n;
	item->type = cJSON_Number;
	item->valuedouble = (double)n;
	item->valueint = n > INT_MAX ? INT_MAX : n < INT_MIN ? INT_MIN : (int)n;
	return p;
}

static char *
take_word(char *p, cJSON *item)
{
	static const struct {
		const char *text;
		int type;
	} words[] = {{"null", cJSON_NULL}, {"true", cJSON_True}, {"false", cJSON_False}};
	size_t i, len;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		len = strlen(words[i].text);
		if (strncmp(p, words[i].text, len) == 0) {
			item->type = words[i].type;
			item->valueint = words[i].type == cJSON_True;
			return p + len;
		}
	}
	return NULL;
}

/* p is at a value: reads it into item and returns what follows it, or NULL. */
static char *
take_value(char *p, char *end, cJSON *item)
{
	if (*p == '"') {
		item->type = cJSON_String;
		item->valuestring = p + 1;
		return take_string(p + 1, end);
	}
	return *p == '-' || (*p >= '0' && *p <= '9') ? take_number(p, item)
						     : take_word(p, item);
}

/* p is at a key: reads it into item and returns what follows it, or NULL. */
static char *
take_key(char *p, char *end, size_t place, cJSON *item)
{
	size_t len;

	if (*p++ != '"')
		return NULL;
	if (as_before) {
		item->string = ndjson_keys_expect(place, p, (size_t)(end - p), &len);
		if (item->string != NULL)
			return p + len + 1;
		as_before = false;
	}
	item->string = p;
	return take_string(p, end);
}

/* p is at a key: reads a member, noting its value's text, and returns what follows it. */
static char *
take_member(struct ndjson_record *r, const char *copy, char *p, char *end)
{
	cJSON *item = &items[r->count];
	char *value;

	*item = (cJSON){0};
	p = take_key(p, end, r->count, item);
	if (p == NULL || *p != ':')
		return NULL;
	value = p + 1;
	p = take_value(value, end, item);
	if (p == NULL)
		return NULL;
	r->texts[r->count] =
	    (struct ndjson_text){r->line + (value - copy), (size_t)(p - value)};
	r->members[r->count++] = item;
	return p;
}

/* Links the members as cJSON does: the first one's prev is the last. */
static void
link_members(struct ndjson_record *r)
{
	size_t i;

	for (i = 0; i + 1 < r->count; i++) {
		items[i].next = &items[i + 1];
		items[i + 1].prev = &items[i];
	}
	items[0].prev = &items[r->count - 1];
	object.child = items;
	r->object = &object;
}

bool
ndjson_flat_parse(struct ndjson_record *r)
{
	char *copy, *p, *end;

	r->count = 0;
	as_before = true;
	if (r->line[0] != '{' || memchr(r->line, '\\', r->len) != NULL ||
	    (copy = cJSON_malloc(r->len + 1)) == NULL)
		return false;
	memcpy(copy, r->line, r->len);
	end = copy + r->len;
	*end = '\0';
	p = copy;
	do {
		if (r->count == NDJSON_MEMBERS_MAX)
			return false;
		p = take_member(r, copy, p + 1, end);
	} while (p != NULL && *p == ',');
	if (p == NULL || *p != '}' || p + 1 != end)
		return false;
	link_members(r);
	return true;
}
