/* Trees of commands: see tree.h. */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "lexer.h"
#include "memory.h"
#include "msg.h"

enum { MOST_BYTES = 1 << 20 };

struct tree {
	const char *name;
	const struct defines *defines; /* NULL: words are taken as they stand */
	struct tree_command *commands;
	size_t count;
	size_t *indents; /* of each command, in spaces */
};

static struct tree *
tree_new(const char *name, const struct defines *d)
{
	struct tree *t = memory_new(1, sizeof *t);

	t->name = name;
	t->defines = d;
	t->commands = memory_new(TREE_MOST_COMMANDS, sizeof *t->commands);
	t->indents = memory_new(TREE_MOST_COMMANDS, sizeof *t->indents);
	return t;
}

/* The command that a line with that indentation hangs under, or TREE_NO_PARENT. */
static int
find_parent(const struct tree *t, size_t indent, unsigned line)
{
	int at = (int)t->count - 1;

	if (at < 0)
		return TREE_NO_PARENT;
	if (indent > t->indents[at])
		return at;
	while (at >= 0 && t->indents[at] > indent)
		at = t->commands[at].parent;
	if (at < 0 || t->indents[at] != indent)
		lexer_fault(t->name, line, "this indentation matches no line above");
	if (t->commands[at].parent == TREE_NO_PARENT)
		lexer_fault(
		    t->name, line, "a second root: a tree has one, indent what reads from it");
	return t->commands[at].parent;
}

/* "1.2" for the second child of "1"; side inputs are counted apart: "1<name". */
static char *
make_path(const struct tree *t, const struct tree_command *c)
{
	const char *parent = c->parent < 0 ? "" : t->commands[c->parent].path;
	struct buf b = {0};

	if (c->side != NULL)
		buf_printf(&b, "%s<%s", parent, c->side);
	else if (c->parent < 0)
		buf_puts(&b, "1");
	else
		buf_printf(&b, "%s.%zu", parent, t->commands[c->parent].children);
	buf_putc(&b, '\0');
	return b.data;
}

/* Takes "<name" from the front of the words. */
static void
take_side(const struct tree *t, struct tree_command *c)
{
	char *name = c->words[0] + 1;
	size_t i;

	if (!defines_is_name(name, strlen(name)))
		lexer_fault(
		    t->name, c->line, "<%s is not <NAME, with letters, digits and _", name);
	if (c->parent < 0)
		lexer_fault(t->name, c->line,
		    "<%s: a side input stands below the command that reads it", name);
	if (defines_find(t->defines, name, strlen(name)) != NULL)
		lexer_fault(t->name, c->line, "<%s: -D gives this name a value, too", name);
	for (i = (size_t)c->parent; i < t->count; i++)
		if (t->commands[i].parent == c->parent && t->commands[i].side != NULL &&
		    strcmp(t->commands[i].side, name) == 0)
			lexer_fault(t->name, c->line,
			    "<%s: there is another side input of that name", name);
	c->side = memory_copy(name);
	free(c->words[0]);
	c->argc--;
	memmove(c->words, c->words + 1, c->argc * sizeof *c->words);
}

static struct buf expand(const struct tree *t, size_t i, const char *word,
    const char *(*side)(void *, size_t), void *arg);

/* Takes "> PATH" from the end of the words. */
static void
take_output(const struct tree *t, struct tree_command *c)
{
	size_t i = 0;

	while (i < c->argc && c->words[i][0] != LEXER_OUTPUT)
		i++;
	if (i == c->argc)
		return;
	if (c->argc != i + 2 || c->words[i + 1][0] == LEXER_OUTPUT ||
	    c->words[i + 1][0] == LEXER_LIST)
		lexer_fault(t->name, c->line, "> is followed by one PATH, and nothing else");
	if (c->side != NULL)
		lexer_fault(
		    t->name, c->line, "a side input is read by its command, and has no >");
	c->is_stdout = strcmp(c->words[i + 1], "-") == 0;
	c->output = expand(t, t->count, c->words[i + 1], NULL, NULL).data;
	if (c->output[0] == '\0')
		lexer_fault(t->name, c->line, "the path behind > is empty");
	free(c->words[i]);
	free(c->words[i + 1]);
	c->argc = i;
	if (c->is_stdout) {
		free(c->output);
		c->output = NULL;
	}
}

static void
add_command(struct tree *t, struct lexer_line *line)
{
	static const char names[] = {LEXER_NAME, LEXER_LIST, '\0'};
	struct tree_command *c = &t->commands[t->count];
	struct tree_command *parent;

	if (t->count == TREE_MOST_COMMANDS)
		lexer_fault(
		    t->name, line->number, "more than %d commands", TREE_MOST_COMMANDS);
	c->line = line->number;
	c->words = line->words;
	c->argc = line->count;
	c->parent = find_parent(t, line->indent, line->number);
	parent = c->parent < 0 ? NULL : &t->commands[c->parent];
	if (c->words[0][0] == LEXER_SIDE)
		take_side(t, c);
	take_output(t, c);
	if (c->argc == 0 || c->words[0][0] == '\0')
		lexer_fault(t->name, c->line, "there is no command");
	if (c->words[0][strcspn(c->words[0], names)] != '\0')
		lexer_fault(t->name, c->line, "a command's name cannot hold ${name}");
	if (parent != NULL && parent->side != NULL)
		lexer_fault(t->name, c->line, "nothing can stand below a side input");
	if (parent != NULL && c->side == NULL && (parent->output != NULL || parent->is_stdout))
		lexer_fault(t->name, c->line,
		    "the command above writes to its > PATH, so nothing can read from it");
	if (parent != NULL && c->side == NULL)
		parent->children++;
	c->depth = parent == NULL ? 0 : parent->depth + 1;
	c->path = make_path(t, c);
	t->indents[t->count++] = line->indent;
}

/* The side input of command i that has that name, or 0, which is the root and never one. */
static size_t
find_side(const struct tree *t, size_t i, const char *name, size_t n)
{
	size_t s;

	for (s = i + 1; s < t->count; s++) {
		const struct tree_command *c = &t->commands[s];
		if (c->parent == (int)i && c->side != NULL && strlen(c->side) == n &&
		    memcmp(c->side, name, n) == 0)
			return s;
	}
	return 0;
}

/* Appends what a name stands for in an argument of command i. */
static void
put_value(const struct tree *t, size_t i, const char *name, size_t n, struct buf *b,
    const char *(*side)(void *, size_t), void *arg)
{
	const char *value = defines_find(t->defines, name, n);
	size_t input = find_side(t, i, name, n);

	if (input != 0)
		value = side == NULL ? "/dev/fd/" : side(arg, input);
	if (value == NULL)
		lexer_fault(t->name, t->commands[i].line, "${%.*s} is not defined (see -D)",
		    (int)n, name);
	buf_puts(b, value);
	if (input != 0 && side == NULL)
		buf_put(b, name, n);
}

/* A word with its names replaced, and a NUL behind it. */
static struct buf
expand(const struct tree *t, size_t i, const char *word, const char *(*side)(void *, size_t),
    void *arg)
{
	struct buf b = {0};
	const char *end;

	for (; *word; word++) {
		if (*word != LEXER_NAME || t->defines == NULL) {
			buf_putc(&b, *word);
			continue;
		}
		end = strchr(word, LEXER_NAME_END);
		put_value(t, i, word + 1, (size_t)(end - word - 1), &b, side, arg);
		word = end;
	}
	buf_putc(&b, '\0');
	return b;
}

static char **
add_argument(char **argv, size_t *n, char *argument)
{
	argv = realloc(argv, (*n + 2) * sizeof *argv);
	if (argv == NULL)
		msg_die_errno("memory");
	argv[(*n)++] = argument;
	argv[*n] = NULL;
	return argv;
}

char **
tree_argv(const struct tree *t, size_t i, const char *(*side)(void *, size_t), void *arg)
{
	const struct tree_command *c = &t->commands[i];
	const char *word, *element;
	char **argv = NULL;
	size_t w, e, n = 0;

	for (w = 0; w < c->argc; w++) {
		word = c->words[w];
		if (word[0] != LEXER_LIST || t->defines == NULL) {
			argv = add_argument(argv, &n, expand(t, i, word, side, arg).data);
			continue;
		}
		word++;
		for (e = 0; (element = defines_element(t->defines, word, strlen(word), e));
		     e++)
			argv = add_argument(argv, &n, memory_copy(element));
		if (e == 0) {
			tree_free_argv(argv);
			lexer_fault(
			    t->name, c->line, "${%s[@]} is not defined (see -D)", word);
		}
	}
	return argv;
}

void
tree_free_argv(char **argv)
{
	size_t i;

	for (i = 0; argv != NULL && argv[i] != NULL; i++)
		free(argv[i]);
	free(argv);
}

/* Does an argument of the command's reader mention the side input? */
static bool
is_mentioned(const struct tree *t, const struct tree_command *c)
{
	const struct tree_command *reader = &t->commands[c->parent];
	struct buf b = {0};
	bool found = false;
	size_t i;

	buf_printf(&b, "%c%s%c", LEXER_NAME, c->side, LEXER_NAME_END);
	buf_putc(&b, '\0');
	for (i = 1; i < reader->argc; i++)
		found = found || strstr(reader->words[i], b.data) != NULL;
	buf_free(&b);
	return found;
}

/* Checks that need the whole tree. */
static void
check(const struct tree *t)
{
	const struct tree_command *c, *other;
	size_t i, j;

	if (t->count == 0)
		msg_die(EX_USAGE, "%s: holds no command", t->name);
	for (i = 0; i < t->count; i++) {
		c = &t->commands[i];
		tree_free_argv(tree_argv(t, i, NULL, NULL));
		if (c->side != NULL && !is_mentioned(t, c))
			lexer_fault(t->name, c->line,
			    "<%s: ${%s} is not among the arguments of the command above",
			    c->side, c->side);
		for (j = 0; j < i; j++) {
			other = &t->commands[j];
			if (c->is_stdout && other->is_stdout)
				lexer_fault(t->name, c->line,
				    "> -: line %u writes to standard output, too",
				    other->line);
			if (c->output != NULL && other->output != NULL &&
			    strcmp(c->output, other->output) == 0)
				lexer_fault(t->name, c->line,
				    "> %s: line %u writes to it, too", c->output, other->line);
		}
	}
}

static void
read_all(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		msg_die_input(path);
	do {
		buf_reserve(b, 1 << 14);
		n = read(fd, b->data + b->len, 1 << 14);
		if (n > 0)
			b->len += (size_t)n;
		if (b->len > MOST_BYTES)
			msg_die(EX_USAGE, "%s: larger than 1 MiB: not a tree", path);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		msg_die_input(path);
	close(fd);
}

struct tree *
tree_read(const char *path, const struct defines *d)
{
	struct tree *t = tree_new(path, d);
	struct lexer_line line;
	struct buf text = {0};
	struct lexer *l;

	read_all(path, &text);
	l = lexer_open(path, text.data, text.len);
	while (lexer_next(l, &line))
		add_command(t, &line);
	lexer_free(l);
	buf_free(&text);
	check(t);
	return t;
}

struct tree *
tree_single(char **argv)
{
	struct tree *t = tree_new(argv[0], NULL);
	struct tree_command *c = &t->commands[0];
	size_t i;

	while (argv[c->argc] != NULL)
		c->argc++;
	c->parent = TREE_NO_PARENT;
	c->path = memory_copy("1");
	c->words = memory_new(c->argc, sizeof *c->words);
	for (i = 0; i < c->argc; i++)
		c->words[i] = memory_copy(argv[i]);
	t->count = 1;
	return t;
}

size_t
tree_count(const struct tree *t)
{
	return t->count;
}

const struct tree_command *
tree_at(const struct tree *t, size_t i)
{
	return &t->commands[i];
}

static bool
is_bare_leaf(const struct tree_command *c)
{
	return c->children == 0 && c->side == NULL && c->output == NULL;
}

bool
tree_is_mute(const struct tree *t, size_t i)
{
	return is_bare_leaf(&t->commands[i]) && !tree_writes_stdout(t, i);
}

bool
tree_writes_stdout(const struct tree *t, size_t i)
{
	size_t j, bare = 0;

	if (t->commands[i].is_stdout)
		return true;
	if (!is_bare_leaf(&t->commands[i]))
		return false;
	for (j = 0; j < t->count; j++) {
		if (t->commands[j].is_stdout)
			return false;
		bare += is_bare_leaf(&t->commands[j]);
	}
	return bare == 1;
}

void
tree_free(struct tree *t)
{
	size_t i, w;

	for (i = 0; i < t->count; i++) {
		for (w = 0; w < t->commands[i].argc; w++)
			free(t->commands[i].words[w]);
		free(t->commands[i].words);
		free(t->commands[i].path);
		free(t->commands[i].side);
		free(t->commands[i].output);
	}
	free(t->commands);
	free(t->indents);
	free(t);
}
