/* Words of a tree file: see lexer.h. */
#include "lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "defines.h"
#include "memory.h"
#include "msg.h"

struct lexer {
	const char *name, *at, *end;
	unsigned line;
};

struct lexer *
lexer_open(const char *name, const char *text, size_t n)
{
	struct lexer *l = memory_new(1, sizeof *l);

	*l = (struct lexer){name, text, text + n, 1};
	return l;
}

void
lexer_fault(const char *name, unsigned line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	msg_die(EX_USAGE, "%s:%u: %s", name, line, text);
}

/* The byte at the current place, or a line's end behind the last one. */
static char
look(const struct lexer *l)
{
	return l->at < l->end ? *l->at : '\n';
}

static size_t
skip_spaces(struct lexer *l)
{
	const char *start = l->at;

	while (look(l) == ' ')
		l->at++;
	return (size_t)(l->at - start);
}

static void
skip_line(struct lexer *l)
{
	while (look(l) != '\n')
		l->at++;
	if (l->at < l->end)
		l->at++;
	l->line++;
}

/* Steps over a backslash, the line's end behind it, and the blanks of the next line. */
static bool
join_lines(struct lexer *l)
{
	const char *p = l->at + 1;

	if (look(l) != '\\')
		return false;
	while (p < l->end && *p == ' ')
		p++;
	if (p == l->end || *p != '\n')
		return false;
	if (p > l->at + 1)
		lexer_fault(l->name, l->line, "spaces between \\ and the end of the line");
	l->at += 2;
	l->line++;
	skip_spaces(l);
	return true;
}

static void
check_byte(const struct lexer *l)
{
	unsigned char c = (unsigned char)look(l);

	if (c == '\t')
		lexer_fault(l->name, l->line, "a tab: use spaces");
	if (c == '\r')
		lexer_fault(l->name, l->line, "a carriage return: lines end with LF alone");
	if (c < ' ' || c == 0x7f)
		lexer_fault(l->name, l->line, "a control character");
}

static void
read_quoted(struct lexer *l, struct buf *word)
{
	unsigned begun = l->line;

	for (l->at++;; l->at++) {
		if (l->at == l->end)
			lexer_fault(l->name, begun, "a quote is not closed");
		if (*l->at == '\'' && (l->at + 1 == l->end || l->at[1] != '\''))
			break;
		if (*l->at == '\'')
			l->at++;
		if (*l->at == '\n')
			l->line++;
		else
			check_byte(l);
		buf_putc(word, *l->at);
	}
	l->at++;
}

static bool
ends_word(const struct lexer *l)
{
	return look(l) == ' ' || look(l) == '\n';
}

/* ${name} or ${name[@]} */
static void
read_name(struct lexer *l, struct buf *word)
{
	static const char list[] = "[@]}";
	const char *start = l->at + 2;
	bool is_list;
	size_t n = 0;

	if (l->end - l->at < 2 || l->at[1] != '{')
		lexer_fault(l->name, l->line, "a bare $: write '$', or ${name}");
	while (start + n < l->end && start[n] != '}' && start[n] != '[' && start[n] != '\n')
		n++;
	l->at = start + n;
	is_list =
	    (size_t)(l->end - l->at) >= strlen(list) && memcmp(l->at, list, strlen(list)) == 0;
	if (!defines_is_name(start, n) || (!is_list && look(l) != '}'))
		lexer_fault(l->name, l->line,
		    "not a name: write ${name} or ${name[@]}, with letters, digits and _");
	l->at += is_list ? strlen(list) : 1;
	if (is_list && (word->len > 0 || !ends_word(l)))
		lexer_fault(
		    l->name, l->line, "${%.*s[@]} must be a word by itself", (int)n, start);
	buf_putc(word, is_list ? LEXER_LIST : LEXER_NAME);
	buf_put(word, start, n);
	if (!is_list)
		buf_putc(word, LEXER_NAME_END);
}

static void
read_plain(struct lexer *l, struct buf *word)
{
	char c = *l->at;

	check_byte(l);
	if (strchr("\"`|&;<>", c) != NULL)
		lexer_fault(l->name, l->line,
		    "a bare %c: no shell reads this; write '%c' if it is meant", c, c);
	buf_putc(word, *l->at++);
}

static void
read_word(struct lexer *l, struct buf *word, bool is_first)
{
	if (look(l) == '>' || (look(l) == '<' && is_first)) {
		buf_putc(word, look(l) == '>' ? LEXER_OUTPUT : LEXER_SIDE);
		l->at++;
		if (word->data[0] == LEXER_OUTPUT)
			return;
	}
	if (look(l) == '#')
		lexer_fault(l->name, l->line,
		    "a # behind a command: a comment has its own line; write '#' if it is "
		    "meant");
	while (join_lines(l) || !ends_word(l)) {
		if (ends_word(l))
			break;
		if (look(l) == '\'')
			read_quoted(l, word);
		else if (look(l) == '$')
			read_name(l, word);
		else
			read_plain(l, word);
	}
}

static void
add_word(struct lexer_line *line, struct buf *word)
{
	buf_putc(word, '\0');
	line->words = realloc(line->words, (line->count + 1) * sizeof *line->words);
	if (line->words == NULL)
		msg_die_errno("memory");
	line->words[line->count++] = word->data;
	*word = (struct buf){0};
}

bool
lexer_next(struct lexer *l, struct lexer_line *line)
{
	struct buf word = {0};

	*line = (struct lexer_line){0};
	for (;;) {
		line->indent = skip_spaces(l);
		if (l->at == l->end)
			return false;
		if (*l->at != '\n' && *l->at != '#')
			break;
		skip_line(l);
	}
	line->number = l->line;
	while (look(l) != '\n') {
		read_word(l, &word, line->count == 0);
		add_word(line, &word);
		do
			skip_spaces(l);
		while (join_lines(l));
	}
	skip_line(l);
	return true;
}

void
lexer_free(struct lexer *l)
{
	free(l);
}
