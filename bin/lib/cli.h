/*
 * The command line, the same in every filter: one table gives the options that are accepted
 * and the text of -h. -h and -V are in every table by themselves. Wrong use is one line on
 * stderr and EX_USAGE.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_option {
	int letter;       /* its character, or a number from CLI_LONG up where it has none */
	const char *name; /* long name, or NULL */
	const char *arg;  /* what its argument is called in -h, or NULL if it has none */
	const char *help; /* what it does, one line; the whole fits in 95 columns */
};

struct cli {
	const char *synopsis; /* behind the tool's name, "[-e] [file]" say */
	const char *purpose;  /* one or two lines */
	const struct cli_option *options;
	size_t count;
};

enum { CLI_LONG = 256, CLI_MEMBER, CLI_FILTERED, CLI_LINES, CLI_OWN };

/* What every filter of records takes; cli_stream_option reads them into this. */
struct cli_stream {
	const char *reject_path, *stats_path, *member;
	uint64_t max_rejects;
	bool filtered, verbose, line_buffered;
};

#define CLI_STREAM_DEFAULTS               \
	{                                 \
		.max_rejects = UINT64_MAX \
	}

#define CLI_STREAM_OPTIONS                                                                    \
	{'R', "rejects", "FILE", "append bad records to FILE (default: the first is fatal)"}, \
	    {'m', "max-rejects", "N", "fail when there are more than N bad records"},         \
	    {'S', "stats", "FILE", "append one JSON line of counts to FILE"},                 \
	    {CLI_MEMBER, "member", "NAME", "the member's name, for rejects and counts"},      \
	{                                                                                     \
		'v', "verbose", NULL, "show progress on stderr"                               \
	}

#define CLI_FILTERED_OPTION                                                                  \
	{                                                                                    \
		CLI_FILTERED, "filtered", NULL, "accept fewer records than the trailer says" \
	}

#define CLI_LINES_OPTION                                                    \
	{                                                                   \
		CLI_LINES, "line-buffered", NULL, "write each line at once" \
	}

/*
 * First call of every main: the tool's name, the default action for SIGPIPE, and a check that
 * descriptors 0 to 2 are open, so that no file can take the place of a closed one.
 */
void cli_start(char **argv);

/*
 * The next option's letter, its argument in optarg; -1 behind the last, optind being the first
 * operand. -h, -V and wrong use do not return.
 */
int cli_next(const struct cli *cli, int argc, char **argv);

/* The same for programs that run a command: what follows the first operand is the command's.
 */
int cli_next_before_command(const struct cli *cli, int argc, char **argv);

/* Takes an option of CLI_STREAM_OPTIONS, CLI_FILTERED_OPTION or CLI_LINES_OPTION; false if it
 * is none. */
bool cli_stream_option(struct cli_stream *s, int letter, const char *arg);

/* Ends the program with EX_USAGE and one line that points to -h. */
_Noreturn void cli_usage(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A whole decimal number from low to high, else EX_USAGE naming the option. */
uint64_t cli_number(const char *option, const char *text, uint64_t low, uint64_t high);

/* The same with an optional suffix K, M or G (1024 to the power of 1, 2, 3), for bytes. */
uint64_t cli_bytes(const char *option, const char *text, uint64_t low, uint64_t high);

/*
 * The input of a filter: [file] or, without one or for "-", standard input. On a terminal it
 * prints the help to stderr instead of waiting. Returns an open descriptor; *name is for
 * messages. More than one operand is wrong use; a file that cannot be opened is EX_IOERR.
 */
int cli_input(const struct cli *cli, int argc, char **argv, const char **name);

/* Prints the help to stderr and exits with EX_USAGE if fd is a terminal. */
void cli_refuse_terminal(const struct cli *cli, int fd);

#endif
