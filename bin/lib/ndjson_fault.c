/*
 * The bytes of an NDJSON line, before cJSON parses it: see ndjson_record.h. What it would let
 * pass or not see is found here: invalid UTF-8, NULs, a byte order mark, control characters in
 * strings, escapes like \uZZZZ.
 */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "ndjson_record.h"
#include "utf8.h"
#include "word.h"

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/*
 * What cJSON makes an end of its C string, unseen: an escaped NUL, and escapes like \uZZZZ.
 * Returns the code for it, or NULL.
 */
static const char *
find_bad_escape(const char *s, const char *end)
{
	int i;

	while ((s = memchr(s, '\\', (size_t)(end - s))) != NULL && end - s >= 2) {
		s += 2;
		if (s[-1] != 'u')
			continue;
		for (i = 0; i < 4; i++)
			if (s + i >= end || !is_hex(s[i]))
				return "bad-json";
		if (memcmp(s, "0000", 4) == 0)
			return "nul";
	}
	return NULL;
}

static bool
has_control(const char *s, const char *end)
{
	for (; end - s >= (ptrdiff_t)sizeof(uint64_t); s += sizeof(uint64_t))
		if (word_has_below(word_at(s), 0x20))
			return true;
	return word_has_below(word_of(s, (size_t)(end - s)), 0x20);
}

static bool
word_is_plain_ascii(uint64_t word)
{
	return !word_has_high(word) && !word_has_below(word, 0x20) && !word_has(word, '\\');
}

/* Nothing but ASCII that is neither a control character nor a backslash: most lines. */
static bool
is_plain(const char *s, const char *end)
{
	for (; end - s >= (ptrdiff_t)sizeof(uint64_t); s += sizeof(uint64_t))
		if (!word_is_plain_ascii(word_at(s)))
			return false;
	return word_is_plain_ascii(word_of(s, (size_t)(end - s)));
}

/* A tab and a CR are the only control characters, and only between values. */
static bool
controls_are_blanks(const char *s, const char *end)
{
	bool quoted = false;

	for (; s < end; s++) {
		if (*s == '"')
			quoted = !quoted;
		else if (*s == '\\')
			s++; /* and a control character behind it is cJSON's to refuse */
		else if ((unsigned char)*s < 0x20 && (quoted || (*s != '\t' && *s != '\r')))
			return false;
	}
	return true;
}

const char *
ndjson_find_fault(const char *s, size_t len)
{
	const char *end = s + len;

	if (len > 0 && is_plain(s, end))
		return NULL;
	if (utf8_valid(s, len) != len)
		return "bad-utf8";
	if (len > 0 && end[-1] == '\r')
		end--;
	if (s == end || *s == '\xef')
		return "bad-json";
	if (has_control(s, end)) {
		if (memchr(s, '\0', len) != NULL)
			return "nul";
		if (!controls_are_blanks(s, end))
			return "bad-json";
	}
	return find_bad_escape(s, end);
}

static bool
has_word(const char *s, size_t len, const char *word)
{
	return memmem(s, len, word, strlen(word)) != NULL;
}

const char *
ndjson_explain_bad_json(const char *s, size_t len)
{
	while (len > 0 && ndjson_is_blank(s[len - 1]))
		len--;
	if (len > 0 && *s == '\x1e')
		return "not valid JSON: a record separator (RFC 7464) stands in front "
		       "(jq -c without --seq writes none)";
	if (len > 0 && (*s == '{' || *s == '[') && strchr("{[,", s[len - 1]) != NULL)
		return "not valid JSON: a record must be one line (jq -c makes it one)";
	if (has_word(s, len, "NaN") || has_word(s, len, "Infinity"))
		return "not valid JSON: NaN and Infinity are no JSON (null is)";
	return "not valid JSON";
}
