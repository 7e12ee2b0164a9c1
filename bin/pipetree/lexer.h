/*
 * The lines of a tree file, cut into words.
 * Words are separated by blanks; 'quoted' parts are taken as they stand, '' in them being one
 * quote. A backslash at the end of a line joins it to the next, without the blanks that the
 * next one begins with. Lines that begin with # and empty ones are skipped. What a shell would
 * read in another way (" ` | & ; < > $) must be quoted. A fault ends the program with EX_USAGE
 * and one line, FILE:LINE: WHAT.
 *
 * The text cannot hold control characters, so these stand for what was not quoted:
 *     LEXER_NAME name LEXER_NAME_END    ${name}
 *     LEXER_LIST name                   ${name[@]}, a word of its own
 *     LEXER_OUTPUT                      > as a word of its own
 *     LEXER_SIDE name                   <name, the first word of a line
 */
#ifndef LEXER_H
#define LEXER_H

#include <stdbool.h>
#include <stddef.h>

enum { LEXER_NAME = 1, LEXER_NAME_END, LEXER_LIST, LEXER_OUTPUT, LEXER_SIDE };

struct lexer;

struct lexer_line {
	unsigned number; /* from 1; of its first line where several are joined */
	size_t indent;   /* in spaces */
	char **words;    /* each allocated, and the array: to be freed by the caller */
	size_t count;    /* at least 1 */
};

/* The text, which must stay as long as the lexer; name is for messages. */
struct lexer *lexer_open(const char *name, const char *text, size_t n);

/* The next line that holds a command; false at the end. */
bool lexer_next(struct lexer *l, struct lexer_line *line);

void lexer_free(struct lexer *l);

/* Ends the program with EX_USAGE for a fault in that line of the file. */
_Noreturn void lexer_fault(const char *name, unsigned line, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

#endif
