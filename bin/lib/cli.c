/* The command line: see cli.h. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "msg.h"
#include "out.h"
#include "utf8.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

enum { MOST_OPTIONS = 32, HELP_COLUMN = 26 };

void
cli_start(char **argv)
{
	static const char *const names[] = {
	    "standard input", "standard output", "standard error"};
	int fd;

	msg_set_tool(argv[0]);
	signal(SIGPIPE, SIG_DFL);
	for (fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			msg_die_errno("%s", names[fd]);
}

static void
put_option(struct buf *b, const struct cli_option *o)
{
	size_t start = b->len;

	buf_puts(b, "  ");
	if (o->letter < CLI_LONG)
		buf_printf(b, "-%c%s", o->letter, o->name ? ", " : "");
	if (o->name)
		buf_printf(b, "--%s", o->name);
	if (o->arg)
		buf_printf(b, " %s", o->arg);
	if (b->len - start > HELP_COLUMN - 2)
		buf_puts(b, "  ");
	while (b->len - start < HELP_COLUMN)
		buf_putc(b, ' ');
	buf_printf(b, "%s\n", o->help);
}

static void
put_help(struct buf *b, const struct cli *cli)
{
	static const struct cli_option own[] = {
	    {'h', "help", NULL, "show this help"}, {'V', "version", NULL, "show the version"}};
	size_t i;

	buf_printf(b, "usage: %s %s\n%s\n\n", msg_tool(), cli->synopsis, cli->purpose);
	for (i = 0; i < cli->count; i++)
		put_option(b, &cli->options[i]);
	put_option(b, &own[0]);
	put_option(b, &own[1]);
}

static _Noreturn void
print_and_exit(const struct buf *b, int fd, int status)
{
	struct out *o = fd == STDOUT_FILENO ? out_stdout() : out_open(fd, "standard error");

	out_put(o, b->data, b->len);
	out_close(o);
	exit(status);
}

static _Noreturn void
help(const struct cli *cli, int fd, int status)
{
	struct buf b = {0};

	put_help(&b, cli);
	print_and_exit(&b, fd, status);
}

static _Noreturn void
version(void)
{
	struct buf b = {0};

	buf_printf(&b, "%s (movies-pipeline) %s\n", msg_tool(), VERSION);
	print_and_exit(&b, STDOUT_FILENO, 0);
}

/* Fills getopt_long's two tables from ours. */
static void
make_tables(const struct cli *cli, char *letters, struct option *names)
{
	size_t i;

	*letters++ = ':'; /* a missing argument is told apart, and we print the message */
	for (i = 0; i < cli->count; i++) {
		const struct cli_option *o = &cli->options[i];
		if (o->letter < CLI_LONG) {
			*letters++ = (char)o->letter;
			if (o->arg)
				*letters++ = ':';
		}
		if (o->name)
			*names++ = (struct option){o->name,
			    o->arg ? required_argument : no_argument, NULL, o->letter};
	}
	*letters++ = 'h';
	*letters++ = 'V';
	*letters = '\0';
	*names++ = (struct option){"help", no_argument, NULL, 'h'};
	*names++ = (struct option){"version", no_argument, NULL, 'V'};
	*names = (struct option){0};
}

static _Noreturn void
wrong_option(int result, char **argv)
{
	const char *what = result == ':' ? "needs an argument" : "unknown or wrong option";

	if (optopt > 0 && optopt < CLI_LONG)
		cli_usage("-%c: %s", optopt, what);
	cli_usage("%s: %s", argv[optind - 1], what);
}

/* stop: "+" to end at the first operand, or nothing. */
static int
next(const struct cli *cli, int argc, char **argv, const char *stop)
{
	char letters[2 * MOST_OPTIONS + 5];
	struct option names[MOST_OPTIONS + 3];
	int c;

	if (cli->count > MOST_OPTIONS)
		abort();
	letters[0] = *stop;
	make_tables(cli, letters + strlen(stop), names);
	c = getopt_long(argc, argv, letters, names, NULL);
	if (c == 'h')
		help(cli, STDOUT_FILENO, 0);
	if (c == 'V')
		version();
	if (c == '?' || c == ':')
		wrong_option(c, argv);
	return c;
}

int
cli_next(const struct cli *cli, int argc, char **argv)
{
	return next(cli, argc, argv, "");
}

int
cli_next_before_command(const struct cli *cli, int argc, char **argv)
{
	return next(cli, argc, argv, "+");
}

bool
cli_stream_option(struct cli_stream *s, int letter, const char *arg)
{
	switch (letter) {
	case 'R':
		s->reject_path = arg;
		return true;
	case 'm':
		s->max_rejects = cli_number("-m", arg, 0, UINT64_MAX - 1);
		return true;
	case 'S':
		s->stats_path = arg;
		return true;
	case 'v':
		s->verbose = true;
		return true;
	case CLI_MEMBER:
		if (utf8_valid(arg, strlen(arg)) != strlen(arg))
			cli_usage("--member: not valid UTF-8");
		s->member = arg;
		return true;
	case CLI_FILTERED:
		s->filtered = true;
		return true;
	case CLI_LINES:
		s->line_buffered = true;
		return true;
	default:
		return false;
	}
}

void
cli_usage(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	msg_die(EX_USAGE, "%s (try %s -h)", text, msg_tool());
}

/* Reads digits; *rest is what follows them. False if there are none or they overflow. */
static bool
read_digits(const char *text, uint64_t *value, const char **rest)
{
	uint64_t n = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(n, UINT64_C(10), &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return false;
	*value = n;
	*rest = p;
	return p > text;
}

static uint64_t
in_range(const char *option, const char *text, uint64_t n, uint64_t low, uint64_t high)
{
	if (n < low || n > high)
		cli_usage("%s: %s: not from %ju to %ju", option, text, (uintmax_t)low,
		    (uintmax_t)high);
	return n;
}

uint64_t
cli_number(const char *option, const char *text, uint64_t low, uint64_t high)
{
	const char *rest;
	uint64_t n;

	if (!read_digits(text, &n, &rest) || *rest != '\0')
		cli_usage("%s: %s: not a whole number", option, text);
	return in_range(option, text, n, low, high);
}

uint64_t
cli_bytes(const char *option, const char *text, uint64_t low, uint64_t high)
{
	static const char suffixes[] = "KMG";
	const char *rest, *suffix;
	uint64_t n, unit = 1;

	if (!read_digits(text, &n, &rest))
		cli_usage("%s: %s: not a size in bytes", option, text);
	if (*rest != '\0') {
		suffix = strchr(suffixes, *rest);
		if (suffix == NULL || rest[1] != '\0')
			cli_usage("%s: %s: not a size in bytes", option, text);
		unit = UINT64_C(1) << (10 * (suffix - suffixes + 1));
	}
	if (__builtin_mul_overflow(n, unit, &n))
		cli_usage("%s: %s: too large", option, text);
	return in_range(option, text, n, low, high);
}

void
cli_refuse_terminal(const struct cli *cli, int fd)
{
	if (isatty(fd))
		help(cli, STDERR_FILENO, EX_USAGE);
}

int
cli_input(const struct cli *cli, int argc, char **argv, const char **name)
{
	int fd;

	if (argc - optind > 1)
		cli_usage("%s: only one file is read", argv[optind + 1]);
	if (optind == argc || strcmp(argv[optind], "-") == 0) {
		*name = "standard input";
		cli_refuse_terminal(cli, STDIN_FILENO);
		return STDIN_FILENO;
	}
	*name = argv[optind];
	fd = open(*name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		msg_die_input(*name);
	return fd;
}
