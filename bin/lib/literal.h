/*
 * One reader for Python literals, as repr writes them, and for JSON. Nothing is evaluated.
 *
 * It reads None True False null true false; numbers that JSON could hold, which keep their
 * text; strings in ' or " with the escapes of both languages; lists, tuples, and dicts with
 * strings for keys, to a depth of LITERAL_DEPTH_MAX; commas behind the last item. Blanks are
 * space, tab, LF, CR and FF.
 *
 * Where the languages differ: an unknown escape keeps its backslash, as in Python, but \/ in
 * double quotes is a slash, as in JSON; two \u escapes that form a surrogate pair are one
 * character, a surrogate alone is an error. Raw control characters in strings are let pass as
 * Python does, all but LF, CR and NUL.
 *
 * It does not read prefixes (b'', r'', u'', f''), triple quotes, \N{}, lines that go on behind
 * a backslash, adjacent strings, sets, a value in plain parentheses, comments, inf, nan,
 * leading zeros, 1_000, 0x10.
 *
 * Memory is that of the longest string with an escape; time is linear. What comes out is valid
 * UTF-8 if the text is.
 */
#ifndef LITERAL_H
#define LITERAL_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

enum { LITERAL_DEPTH_MAX = 64 };

enum literal_kind {
	LITERAL_NULL,
	LITERAL_BOOL,
	LITERAL_NUMBER,
	LITERAL_STRING,
	LITERAL_LIST,
	LITERAL_LIST_END,
	LITERAL_OBJECT,
	LITERAL_OBJECT_END,
	LITERAL_KEY
};

struct literal_event {
	enum literal_kind kind;
	/* Decoded bytes of a string or a key (a NUL may be among them), a number's own text,
	 * or null, true, false; empty for lists and objects. Valid during the call only. */
	const char *text;
	size_t len;
	unsigned depth; /* how many lists and objects are around it; 0 for the whole */
};

/* Returns NULL to go on, else why not, a static string, which ends the parse. */
typedef const char *(*literal_handler)(void *context, const struct literal_event *e);

struct literal_error {
	size_t byte; /* the first that is wrong, from 1; len + 1 at the end of the text */
	const char *reason;
};

/*
 * Reads text, which must be one value, and calls handle for each event in turn. Returns false
 * with err filled when the text is wrong or the handler said so; events were sent up to there.
 * scratch is room for decoding, kept by the caller so that it is allocated once.
 */
bool literal_parse(const char *text, size_t len, literal_handler handle, void *context,
    struct buf *scratch, struct literal_error *err);

#endif
