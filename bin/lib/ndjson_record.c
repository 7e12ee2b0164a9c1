/*
 * One NDJSON line: see ndjson.h. cJSON parses it into an arena that is emptied before the
 * next, so nothing is allocated once the arena is large enough. Where cJSON is more lenient
 * than RFC 8259 (a byte order mark, numbers like 01, control characters in strings) the line
 * is refused here, since values are copied on as they stand.
 */
#include "ndjson_record.h"

#include <string.h>

#include "arena.h"
#include "utf8.h"

void
ndjson_record_spoil(struct ndjson_record *r, const char *code, const char *reason)
{
	r->code = code;
	r->reason = reason;
	r->count = 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static const char *
skip_blanks(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* p is at the opening quote; returns behind the closing one. */
static const char *
skip_string(const char *p)
{
	for (p++; *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

/* Returns behind the value at p. The line has been parsed, so it is known to be well-formed.
 */
static const char *
skip_value(const char *p)
{
	int depth = 0;

	do {
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		if (*p == '[' || *p == '{')
			depth++;
		else if (*p == ']' || *p == '}')
			depth--;
		p++;
	} while (depth > 0 || (*p != ',' && *p != '}' && !is_blank(*p)));
	return p;
}

/* Finds the text of every value, in one pass over the line. */
static void
locate(struct ndjson_record *r)
{
	const char *p = skip_blanks(r->line);
	size_t i;

	for (i = 0; i < r->count; i++) {
		p = skip_blanks(
		    skip_string(skip_blanks(p + 1))); /* the name, up to the colon */
		p = skip_blanks(p + 1);
		r->texts[i].start = p;
		p = skip_value(p);
		r->texts[i].len = (size_t)(p - r->texts[i].start);
		p = skip_blanks(p);
	}
}

/* Skips digits; NULL if there are none. */
static const char *
skip_digits(const char *p)
{
	const char *from = p;

	while (*p >= '0' && *p <= '9')
		p++;
	return p > from ? p : NULL;
}

/* cJSON has read a number there; is it one by the grammar of RFC 8259, section 6? */
static bool
is_number(struct ndjson_text t)
{
	const char *p = t.start + (t.start[0] == '-');

	p = *p == '0' ? p + 1 : skip_digits(p);
	if (p != NULL && *p == '.')
		p = skip_digits(p + 1);
	if (p != NULL && (*p == 'e' || *p == 'E'))
		p = skip_digits(p + 1 + (p[1] == '+' || p[1] == '-'));
	return p == t.start + t.len;
}

/* False if a number of the object is none by the grammar. */
static bool
numbers_are_good(const struct ndjson_record *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (cJSON_IsNumber(r->members[i]) && !is_number(r->texts[i]))
			return false;
	return true;
}

/* A NUL, escaped or not, would end cJSON's C string early, unseen. */
static bool
has_nul(const char *s, size_t len)
{
	const char *at = s, *end = s + len;

	if (memchr(s, '\0', len) != NULL)
		return true;
	while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL && end - at >= 6) {
		if (memcmp(at + 1, "u0000", 5) == 0)
			return true;
		at += 2;
	}
	return false;
}

/* Is there a control character other than blanks? Eight bytes at a time, the rest one by one.
 */
static bool
has_control(const char *s, size_t len)
{
	const uint64_t low = UINT64_C(0x2020202020202020), top = UINT64_C(0x8080808080808080);
	uint64_t word;
	size_t i = 0;

	while (i < len) {
		for (; len - i >= sizeof word; i += sizeof word) {
			memcpy(&word, s + i, sizeof word);
			if ((word - low) & ~word & top)
				break;
		}
		size_t stop = len - i < sizeof word ? len : i + sizeof word;
		for (; i < stop; i++)
			if ((unsigned char)s[i] < 0x20 && !is_blank(s[i]))
				return true;
	}
	return false;
}

/* Notes an object's members, refusing too many and the same name twice. */
static void
take_members(struct ndjson_record *r, const cJSON *object)
{
	const cJSON *m;
	size_t i;

	cJSON_ArrayForEach(m, object)
	{
		if (r->count == NDJSON_MEMBERS_MAX) {
			ndjson_record_spoil(r, "too-many-keys", "more than 256 keys");
			return;
		}
		for (i = 0; i < r->count; i++) {
			if (strcmp(r->members[i]->string, m->string) == 0) {
				ndjson_record_spoil(
				    r, "duplicate-key", "a key stands there twice");
				return;
			}
		}
		r->members[r->count++] = m;
	}
}

/* Checks what cJSON would let pass or not see; false if the line is spoilt. */
static bool
check_bytes(struct ndjson_record *r)
{
	if (utf8_valid(r->line, r->len) != r->len)
		ndjson_record_spoil(r, "bad-utf8", "not valid UTF-8");
	else if (has_nul(r->line, r->len))
		ndjson_record_spoil(r, "nul", "a NUL character");
	else if (has_control(r->line, r->len) || r->len == 0 || r->line[0] == '\xef')
		ndjson_record_spoil(r, "bad-json", "not valid JSON");
	return r->code == NULL;
}

void
ndjson_record_parse(struct ndjson_record *r)
{
	const char *end = NULL, *line_end = r->line + r->len;
	const cJSON *object;

	r->count = 0;
	r->code = r->reason = NULL;
	arena_reset();
	if (!check_bytes(r))
		return;
	object = cJSON_ParseWithLengthOpts(r->line, r->len, &end, false);
	while (end != NULL && end < line_end && is_blank(*end))
		end++;
	if (object == NULL || end != line_end) {
		ndjson_record_spoil(r, "bad-json", "not valid JSON");
		return;
	}
	if (!cJSON_IsObject(object)) {
		ndjson_record_spoil(r, "not-object", "not a JSON object");
		return;
	}
	take_members(r, object);
	locate(r);
	if (!numbers_are_good(r))
		ndjson_record_spoil(r, "bad-json", "not valid JSON");
}

static uint64_t
provenance(const struct ndjson_record *r, const char *name, uint64_t otherwise)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (strcmp(r->members[i]->string, name) == 0 &&
		    cJSON_IsNumber(r->members[i]) && r->members[i]->valuedouble >= 1 &&
		    r->members[i]->valuedouble < 0x1p53)
			return (uint64_t)r->members[i]->valuedouble;
	return otherwise;
}

struct reject
ndjson_reject(const struct ndjson_record *r, const char *code, const char *reason)
{
	return (struct reject){
	    .record = provenance(r, "_record", r->number),
	    .line = provenance(r, "_line", r->number),
	    .offset = r->offset,
	    .length = r->len,
	    .code = code,
	    .reason = reason,
	    .raw = r->line,
	    .raw_len = r->len,
	};
}
