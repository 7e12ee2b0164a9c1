/*
 * A tree of commands, as a tree file describes it: what each reads, runs and writes.
 * Commands are numbered in the order of the file, so a parent comes before its children. A
 * fault in the file ends the program with EX_USAGE and one line, FILE:LINE: WHAT.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "defines.h"

enum { TREE_MOST_COMMANDS = 256, TREE_NO_PARENT = -1 };

struct tree_command {
	unsigned line;   /* in the file; 0 if there is none */
	int parent;      /* whose output it reads, or who reads it if it is a side input */
	unsigned depth;  /* 0: the root */
	char *path;      /* "1.2.1": the first command, its second child, that one's first */
	char *side;      /* the name of the side input that it is, or NULL */
	char *output;    /* PATH of > PATH, or NULL */
	bool is_stdout;  /* > - */
	size_t children; /* commands that read its output; side inputs do not */
	size_t argc;     /* arguments, with the command's name */
	char **words;    /* as the lexer made them */
};

struct tree;

/* Reads a tree file, of 1 MiB at most. Names must be defined in d, which must stay. */
struct tree *tree_read(const char *path, const struct defines *d);

/* A tree of one command. */
struct tree *tree_single(char **argv);

size_t tree_count(const struct tree *t);
const struct tree_command *tree_at(const struct tree *t, size_t i);

/*
 * The arguments of a command, names replaced, with a NULL behind the last. side gives the path
 * under which it finds the side input with that number. Freed by tree_free_argv.
 */
char **tree_argv(
    const struct tree *t, size_t i, const char *(*side)(void *arg, size_t input), void *arg);
void tree_free_argv(char **argv);

/* Whether the command writes to standard output: > - says so, or it is the only leaf without
 * >. */
bool tree_writes_stdout(const struct tree *t, size_t i);

/* Whether nothing reads what the command writes: it has neither a reader nor > of its own. */
bool tree_is_mute(const struct tree *t, size_t i);

void tree_free(struct tree *t);

#endif
