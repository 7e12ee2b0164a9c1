/*
 * The reader of literals: see literal.h. It keeps what is open in a small array instead of
 * recursing, so that no text can exhaust the stack.
 */
#include "literal.h"

#include "literal_escape.h"

struct open {
	char closer;
	bool comma; /* one was seen: it is what makes (1,) a tuple */
};

struct parser {
	const char *start, *end, *at;
	literal_handler handle;
	void *context;
	struct buf *scratch;
	struct literal_error *err;
	struct open open[LITERAL_DEPTH_MAX];
	unsigned depth;
};

/* In quotes: bit 0 is set where ' stops the run of plain bytes, bit 1 where " does. */
static const unsigned char stops[256] = {
    ['\0'] = 3, ['\n'] = 3, ['\r'] = 3, ['\\'] = 3, ['\''] = 1, ['"'] = 2};

static bool
fail(struct parser *p, const char *where, const char *reason)
{
	*p->err = (struct literal_error){(size_t)(where - p->start) + 1, reason};
	return false;
}

static bool
emit(struct parser *p, const char *where, enum literal_kind kind, const char *text, size_t len)
{
	const struct literal_event e = {kind, text, len, p->depth};
	const char *reason = p->handle(p->context, &e);

	return reason == NULL || fail(p, where, reason);
}

static void
skip_blanks(struct parser *p)
{
	while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' ||
				     *p->at == '\r' || *p->at == '\f'))
		p->at++;
}

static bool
next_is(const struct parser *p, char c)
{
	return p->at < p->end && *p->at == c;
}

/*
 * Reads a string or key, p->at being its opening quote. Without escapes it is handed over
 * where it stands; otherwise runs of plain bytes go to scratch in blocks.
 */
static bool
read_string(struct parser *p, enum literal_kind kind)
{
	const char *const open = p->at++, *run = p->at, *backslash, *reason;
	const unsigned char stop = *open == '\'' ? 1 : 2;

	buf_clear(p->scratch);
	for (;;) {
		while (p->at < p->end && !(stops[(unsigned char)*p->at] & stop))
			p->at++;
		if (p->at == p->end || (*p->at == '\\' && p->at + 1 == p->end))
			return fail(p, open, "a quote is never closed");
		if (*p->at == *open)
			break;
		if (*p->at != '\\')
			return fail(p, p->at,
			    *p->at == '\0' ? "a NUL byte" : "a line ends inside quotes");
		buf_put(p->scratch, run, (size_t)(p->at - run));
		backslash = p->at;
		reason = literal_escape(&p->at, p->end, *open, p->scratch);
		if (reason != NULL)
			return fail(p, backslash, reason);
		run = p->at;
	}
	p->at++;
	if (run == open + 1)
		return emit(p, open, kind, run, (size_t)(p->at - 1 - run));
	buf_put(p->scratch, run, (size_t)(p->at - 1 - run));
	return emit(p, open, kind, p->scratch->data, p->scratch->len);
}

static bool
skip_digits(struct parser *p)
{
	const char *first = p->at;

	while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
		p->at++;
	return p->at > first || fail(p, p->at, "a digit is missing");
}

static bool
read_number(struct parser *p)
{
	const char *first = p->at;

	if (next_is(p, '-'))
		p->at++;
	if (next_is(p, '0'))
		p->at++; /* a digit behind it is then one too many, as JSON has it */
	else if (!skip_digits(p))
		return false;
	if (next_is(p, '.')) {
		p->at++;
		if (!skip_digits(p))
			return false;
	}
	if (next_is(p, 'e') || next_is(p, 'E')) {
		p->at++;
		if (next_is(p, '-') || next_is(p, '+'))
			p->at++;
		if (!skip_digits(p))
			return false;
	}
	return emit(p, first, LITERAL_NUMBER, first, (size_t)(p->at - first));
}

static bool
read_word(struct parser *p)
{
	static const struct {
		const char *word, *json;
		enum literal_kind kind;
	} words[] = {
	    {"None", "null", LITERAL_NULL},
	    {"True", "true", LITERAL_BOOL},
	    {"False", "false", LITERAL_BOOL},
	    {"null", "null", LITERAL_NULL},
	    {"true", "true", LITERAL_BOOL},
	    {"false", "false", LITERAL_BOOL},
	};
	const char *first = p->at;
	size_t i, n;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		n = strlen(words[i].word);
		if (n <= (size_t)(p->end - first) && memcmp(first, words[i].word, n) == 0) {
			p->at += n;
			return emit(
			    p, first, words[i].kind, words[i].json, strlen(words[i].json));
		}
	}
	return fail(p, first, first == p->end ? "a value is missing" : "not a value");
}

static bool
open_container(struct parser *p, char closer)
{
	if (p->depth == LITERAL_DEPTH_MAX)
		return fail(p, p->at, "nested too deeply");
	if (!emit(p, p->at, closer == '}' ? LITERAL_OBJECT : LITERAL_LIST, "", 0))
		return false;
	p->open[p->depth++] = (struct open){closer, false};
	p->at++;
	return true;
}

static bool
close_container(struct parser *p, bool empty)
{
	const struct open *o = &p->open[p->depth - 1];

	if (o->closer == ')' && !o->comma && !empty)
		return fail(p, p->at, "parentheses without a comma");
	p->depth--;
	if (!emit(p, p->at, o->closer == '}' ? LITERAL_OBJECT_END : LITERAL_LIST_END, "", 0))
		return false;
	p->at++;
	return true;
}

static bool
read_key(struct parser *p)
{
	if (!next_is(p, '\'') && !next_is(p, '"'))
		return fail(p, p->at, "a key that is no string");
	if (!read_string(p, LITERAL_KEY))
		return false;
	skip_blanks(p);
	if (!next_is(p, ':'))
		return fail(p, p->at, "a colon is missing");
	p->at++;
	skip_blanks(p);
	return true;
}

/* Reads a scalar, or the opening of a list or dict: *opened. */
static bool
read_value(struct parser *p, bool *opened)
{
	const char c = p->at < p->end ? *p->at : '\0';

	*opened = c == '[' || c == '{' || c == '(';
	if (c == '\'' || c == '"')
		return read_string(p, LITERAL_STRING);
	if (*opened)
		return open_container(p, c == '[' ? ']' : c == '{' ? '}' : ')');
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(p);
	return read_word(p);
}

static bool
read_comma(struct parser *p)
{
	struct open *o = &p->open[p->depth - 1];

	if (next_is(p, ',')) {
		p->at++;
		o->comma = true;
		skip_blanks(p);
		return true;
	}
	return next_is(p, o->closer) || fail(p, p->at,
					    o->closer == ']'   ? "a comma or ] is missing"
					    : o->closer == '}' ? "a comma or } is missing"
							       : "a comma or ) is missing");
}

/* Goes on behind a value, or an opening, to where the next item begins; closes what ends. */
static bool
next_item(struct parser *p, bool opened)
{
	for (; p->depth > 0; opened = false) {
		skip_blanks(p);
		if (!opened && !read_comma(p))
			return false;
		if (!next_is(p, p->open[p->depth - 1].closer))
			return true;
		if (!close_container(p, opened))
			return false;
	}
	return true;
}

bool
literal_parse(const char *text, size_t len, literal_handler handle, void *context,
    struct buf *scratch, struct literal_error *err)
{
	struct parser p = {.start = text,
	    .end = text + len,
	    .at = text,
	    .handle = handle,
	    .context = context,
	    .scratch = scratch,
	    .err = err};
	bool opened;

	skip_blanks(&p);
	do {
		if (p.depth > 0 && p.open[p.depth - 1].closer == '}' && !read_key(&p))
			return false;
		if (!read_value(&p, &opened) || !next_item(&p, opened))
			return false;
	} while (p.depth > 0);
	skip_blanks(&p);
	return p.at == p.end || fail(&p, p.at, "something follows the value");
}
