/*
 * One NDJSON line: see ndjson.h. cJSON parses it into an arena that is emptied before the
 * next, so nothing is allocated once the arena is large enough. Where cJSON is more lenient
 * than RFC 8259 the line is refused, here (numbers like 01) and in ndjson_fault.c, since
 * values are copied on as they stand.
 */
#include "ndjson_record.h"

#include <string.h>

#include "arena.h"
#include "ndjson_flat.h"
#include "ndjson_keys.h"

static const struct {
	const char *code, *reason;
} faults[] = {
    /* and bad-json */
    {"bad-utf8", "not valid UTF-8"},
    {"not-object", "not a JSON object"},
    {"nul", "a NUL character"},
    {"too-long", "a line of more than 64 MiB"},
    {"too-large", "its values would take more than 256 MiB of memory"},
    {"too-many-keys", "more than 256 keys"},
    {"duplicate-key", "a key stands there twice"},
};

/* The reason for r->code. */
static const char *
reason_for(const struct ndjson_record *r)
{
	size_t i = 0;

	if (strcmp(r->code, "bad-json") == 0)
		return ndjson_explain_bad_json(r->line, r->len);
	while (strcmp(faults[i].code, r->code) != 0)
		i++;
	return faults[i].reason;
}

void
ndjson_record_spoil(struct ndjson_record *r, const char *code)
{
	r->code = code;
	r->reason = reason_for(r);
	r->object = NULL;
	r->count = 0;
}

static const char *
skip_blanks(const char *p)
{
	while (ndjson_is_blank(*p))
		p++;
	return p;
}

/*
 * p is at the opening quote; returns behind the closing one, the first that an even number of
 * backslashes stands before. It is there, in front of end: the line has been parsed.
 */
static const char *
skip_string(const char *p, const char *end)
{
	const char *run;

	do {
		p = memchr(p + 1, '"', (size_t)(end - p - 1));
		for (run = p; run[-1] == '\\'; run--)
			;
	} while ((p - run) % 2 != 0);
	return p + 1;
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

/* cJSON has read a number there; NULL if it is none by the grammar of RFC 8259, section 6. */
static const char *
skip_number(const char *p)
{
	p += *p == '-';
	p = *p == '0' ? p + 1 : skip_digits(p);
	if (p != NULL && *p == '.')
		p = skip_digits(p + 1);
	if (p != NULL && (*p == 'e' || *p == 'E'))
		p = skip_digits(p + 1 + (p[1] == '+' || p[1] == '-'));
	return p != NULL && (*p == ',' || *p == ']' || *p == '}' || ndjson_is_blank(*p))
		   ? p
		   : NULL;
}

/*
 * Returns behind the value at p; NULL if a number in it is malformed. The line has been
 * parsed, so all else is known to be well-formed.
 */
static const char *
skip_value(const char *p, const char *end)
{
	int depth = 0;

	do {
		if (*p == '"') {
			p = skip_string(p, end);
			continue;
		}
		if (*p == '-' || (*p >= '0' && *p <= '9')) {
			p = skip_number(p);
			if (p == NULL)
				return NULL;
			continue;
		}
		if (*p == '[' || *p == '{')
			depth++;
		else if (*p == ']' || *p == '}')
			depth--;
		p++;
	} while (depth > 0 || (*p != ',' && *p != '}' && !ndjson_is_blank(*p)));
	return p;
}

/* Finds the text of every value, in one pass over the line; false if a number is malformed. */
static bool
locate(struct ndjson_record *r)
{
	const char *p = skip_blanks(r->line), *end = r->line + r->len;
	size_t i;

	for (i = 0; i < r->count; i++) {
		p = skip_string(skip_blanks(p + 1), end); /* the name, up to the colon */
		p = skip_blanks(skip_blanks(p) + 1);
		r->texts[i].start = p;
		p = skip_value(p, end);
		if (p == NULL)
			return false;
		r->texts[i].len = (size_t)(p - r->texts[i].start);
		p = skip_blanks(p);
	}
	return true;
}

/* Has cJSON parse the line; NULL, or the code for what is wrong. */
static const char *
parse(struct ndjson_record *r)
{
	const char *end = NULL, *line_end = r->line + r->len;

	r->object = cJSON_ParseWithLengthOpts(r->line, r->len, &end, false);
	if (arena_is_full())
		return "too-large";
	while (end != NULL && end < line_end && ndjson_is_blank(*end))
		end++;
	if (r->object == NULL || end != line_end)
		return "bad-json";
	return cJSON_IsObject(r->object) ? NULL : "not-object";
}

/* Notes the object's members, refusing too many. */
static const char *
take_members(struct ndjson_record *r)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, r->object)
	{
		if (r->count == NDJSON_MEMBERS_MAX)
			return "too-many-keys";
		r->members[r->count++] = m;
	}
	return NULL;
}

/* Has cJSON read what is no flat record; NULL, or the code for what is wrong. */
static const char *
parse_any(struct ndjson_record *r)
{
	const char *code;

	arena_reset(); /* of the copy that was made for nothing */
	r->count = 0;
	code = parse(r);
	if (code == NULL)
		code = take_members(r);
	if (code == NULL && !locate(r))
		code = "bad-json";
	return code;
}

void
ndjson_record_parse(struct ndjson_record *r)
{
	r->object = NULL;
	r->count = 0;
	r->reason = NULL;
	arena_reset();
	r->code = ndjson_find_fault(r->line, r->len);
	r->flat = r->code == NULL && ndjson_flat_parse(r);
	if (r->code == NULL && !r->flat)
		r->code = parse_any(r);
	if (r->code == NULL)
		r->code = ndjson_keys_check(r);
	if (r->code != NULL)
		r->reason = reason_for(r);
}

/* From the whole object, since a record with a fault may have it in members that were not
 * taken. */
static uint64_t
provenance(const struct ndjson_record *r, const char *name, uint64_t otherwise)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(r->object, name);

	if (cJSON_IsNumber(m) && m->valuedouble >= 1 && m->valuedouble < 0x1p53)
		return (uint64_t)m->valuedouble;
	return otherwise;
}

struct reject
ndjson_reject(const struct ndjson_record *r, const char *code, const char *reason)
{
	return (struct reject){
	    .record = provenance(r, "_record", r->number),
	    .line = provenance(r, "_line", r->line_number),
	    .offset = r->offset,
	    .length = r->len,
	    .code = code,
	    .reason = reason,
	    .raw = r->line,
	    .raw_len = r->len,
	};
}
