/*
 * The reader of NDJSON, and a filter of records. A line is a record just when it is JSON by a
 * second reader, written from RFC 8259 alone; its members and their texts are what cJSON makes
 * of the line. Bytes that come in small pieces give the same.
 */
#include <string.h>
#include <xxhash.h>

#include "program.h"

#define main explode_cast_main
#include "../../bin/explode-cast/explode-cast.c"
#undef main

#include "ndjson.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH_MAX = 1000 };

static const char *json_value(const char *p, const char *end, int depth);

static const char *
blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return p;
}

static const char *
digits(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p > from ? p : NULL;
}

static const char *
number(const char *p, const char *end)
{
	p += *p == '-';
	p = p < end && *p == '0' ? p + 1 : digits(p, end);
	if (p != NULL && p < end && *p == '.')
		p = digits(p + 1, end);
	if (p != NULL && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p = digits(p + (p < end && (*p == '+' || *p == '-')), end);
	}
	return p;
}

/* The code behind \u, or -1. */
static long
unit(const char *p, const char *end)
{
	char text[5] = "";

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	memcpy(text, p + 2, 4);
	return strspn(text, "0123456789abcdefABCDEF") == 4 ? strtol(text, NULL, 16) : -1;
}

static const char *
escape(const char *p, const char *end)
{
	long high = unit(p, end), low;

	if (end - p >= 2 && strchr("\"\\/bfnrt", p[1]) != NULL && p[1] != '\0')
		return p + 2;
	if (high < 0 || (high >= 0xdc00 && high <= 0xdfff))
		return NULL;
	if (high < 0xd800 || high > 0xdfff)
		return p + 6;
	low = unit(p + 6, end);
	return low >= 0xdc00 && low <= 0xdfff ? p + 12 : NULL;
}

static const char *
string(const char *p, const char *end)
{
	if (p == end || *p != '"')
		return NULL;
	for (p++; p != NULL && p < end && *p != '"';) {
		if ((unsigned char)*p < 0x20)
			return NULL;
		p = *p == '\\' ? escape(p, end) : p + 1;
	}
	return p != NULL && p < end ? p + 1 : NULL;
}

static const char *
items(const char *p, const char *end, char closer, int depth)
{
	p = blanks(p, end);
	if (p < end && *p == closer)
		return p + 1;
	for (;;) {
		p = blanks(p, end);
		if (closer == '}') {
			p = string(p, end);
			p = p != NULL ? blanks(p, end) : NULL;
			if (p == NULL || p == end || *p != ':')
				return NULL;
			p = blanks(p + 1, end);
		}
		p = json_value(p, end, depth);
		p = p != NULL ? blanks(p, end) : NULL;
		if (p == NULL || p == end || (*p != ',' && *p != closer))
			return NULL;
		if (*p++ == closer)
			return p;
	}
}

static const char *
json_value(const char *p, const char *end, int depth)
{
	static const char *const words[] = {"null", "true", "false"};
	size_t i;

	if (p == end || depth > DEPTH_MAX)
		return NULL;
	if (*p == '{' || *p == '[')
		return items(p + 1, end, *p == '{' ? '}' : ']', depth + 1);
	if (*p == '"')
		return string(p, end);
	for (i = 0; i < 3; i++)
		if ((size_t)(end - p) >= strlen(words[i]) &&
		    memcmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	return *p == '-' || (*p >= '0' && *p <= '9') ? number(p, end) : NULL;
}

static bool
is_json(const char *p, size_t n)
{
	const char *end = p + n;

	p = json_value(blanks(p, end), end, 0);
	return p != NULL && blanks(p, end) == end;
}

static bool
same_value(const cJSON *a, const cJSON *b)
{
	return a->type == b->type && a->valueint == b->valueint &&
	       memcmp(&a->valuedouble, &b->valuedouble, sizeof a->valuedouble) == 0 &&
	       (a->valuestring == NULL) == (b->valuestring == NULL) &&
	       (a->valuestring == NULL || strcmp(a->valuestring, b->valuestring) == 0);
}

static void
check_members(const struct ndjson_record *r)
{
	const cJSON *whole = cJSON_ParseWithLength(r->line, r->len), *m, *text;
	size_t i;

	PROGRAM_CHECK(cJSON_IsObject(whole));
	m = whole->child;
	for (i = 0; i < r->count; i++, m = m->next) {
		PROGRAM_CHECK(m != NULL && r->texts[i].start > r->line);
		PROGRAM_CHECK(r->texts[i].start + r->texts[i].len < r->line + r->len);
		PROGRAM_CHECK(is_json(r->texts[i].start, r->texts[i].len));
		text = cJSON_ParseWithLength(r->texts[i].start, r->texts[i].len);
		PROGRAM_CHECK(text != NULL && same_value(text, m));
		PROGRAM_CHECK(same_value(r->members[i], m));
		PROGRAM_CHECK(strcmp(r->members[i]->string, m->string) == 0);
	}
	PROGRAM_CHECK(m == NULL);
}

static void
check_record(const struct ndjson_record *r)
{
	bool valid = utf8_valid(r->line, r->len) == r->len && is_json(r->line, r->len);

	if (r->code == NULL) {
		PROGRAM_CHECK(valid);
		check_members(r);
		return;
	}
	PROGRAM_CHECK(r->reason != NULL && r->object == NULL ? r->count == 0 : true);
	if (strcmp(r->code, "bad-utf8") == 0 || strcmp(r->code, "bad-json") == 0)
		PROGRAM_CHECK(!valid);
}

static XXH64_hash_t seen; /* of the records: their numbers, codes and places */

static void
read_records(void *context)
{
	struct ndjson_record r = {0};
	struct ndjson_in *in = ndjson_in_open(0, "input", true);

	(void)context;
	seen = 0;
	while (ndjson_in_next(in, &r)) {
		check_record(&r);
		seen = XXH64(&r.offset, sizeof r.offset, seen + r.number);
		if (r.code != NULL)
			seen = XXH64(r.code, strlen(r.code), seen);
	}
	seen = XXH64(r.line, 0, seen + ndjson_in_digest(in));
	ndjson_in_close(in);
}

static int
explode(struct program_text *out)
{
	char *argv[] = {
	    "explode-cast", "-R", PROGRAM_REJECTS_PATH, "-S", PROGRAM_STATS_PATH, NULL};
	int status = program_run(explode_cast_main, argv);

	*out = program_read(PROGRAM_OUTPUT);
	PROGRAM_CHECK(status == 0 || status == 65 || status == 74);
	return status;
}

static void
check_lines(const struct program_text *t)
{
	char *line = t->data, *end;

	for (; line < t->data + t->len; line = end + 1) {
		end = memchr(line, '\n', (size_t)(t->data + t->len - line));
		PROGRAM_CHECK(end != NULL && is_json(line, (size_t)(end - line)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct program_text whole, pieces;
	XXH64_hash_t first;
	int status;

	program_set_input(data, size);
	program_set_piece(0);
	status = program_try(read_records, NULL);
	first = seen;
	program_set_piece(1 + size % 61);
	PROGRAM_CHECK(program_try(read_records, NULL) == status);
	PROGRAM_CHECK(status != 0 || first == seen);
	program_set_piece(0);
	status = explode(&whole);
	program_set_piece(1 + size % 61);
	PROGRAM_CHECK(explode(&pieces) == status);
	if (status == 0) {
		check_lines(&whole);
		PROGRAM_CHECK(whole.len == pieces.len &&
			      memcmp(whole.data, pieces.data, whole.len) == 0);
	}
	free(whole.data);
	free(pieces.data);
	return 0;
}
