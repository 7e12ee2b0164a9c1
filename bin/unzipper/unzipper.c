/*
 * unzipper: the members of a zip archive, proven, on standard output; or listed, tested,
 * extracted. Reads a file or a pipe; writes bytes (NDJSON with -l). Promises that what it ends
 * with 0 is what the archive's headers say, and with -e closes it with a trailer; of --raw's
 * bytes only that the headers agree on where they are.
 * Limits: methods stored and deflate, 262,144 members, 16 MiB of names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "directory.h"
#include "fault.h"
#include "in.h"
#include "member.h"
#include "msg.h"
#include "stream.h"
#include "window.h"
#include "work.h"

enum { OPTION_RAW = CLI_OWN, OPTION_MAX_SIZE };

static const struct cli_option options[] = {
    {'e', "end", NULL, "write each NUL twice, and a trailer behind each whole member"},
    {'l', "list", NULL, "list the members as NDJSON"},
    {'t', "test", NULL, "test the members, write nothing"},
    {'x', "extract", "DIR", "extract the members into DIR"},
    {OPTION_RAW, "raw", NULL, "write the compressed bytes of one member of a file, unproven"},
    {'v', "verbose", NULL, "show progress on stderr"},
    {OPTION_MAX_SIZE, "max-size", "BYTES", "refuse to unpack more than this in all (K, M, G)"},
};

static const struct cli cli = {
    "[-ev] [-l | -t | -x DIR | --raw] [--max-size BYTES] ARCHIVE|- [MEMBER ...]",
    "Writes members of a zip archive, a file or a pipe, to standard output.", options,
    sizeof options / sizeof *options};

static void
set_mode(struct work *w, enum work_mode mode)
{
	if (w->mode != WORK_WRITE && w->mode != mode)
		cli_usage("-l, -t and -x exclude each other");
	w->mode = mode;
}

static void
check_options(const struct work *w)
{
	if (w->trailer && w->mode != WORK_WRITE)
		cli_usage("-e goes with members on standard output");
	if (w->raw && (w->trailer || w->mode != WORK_WRITE))
		cli_usage("--raw does not go with -e, -l, -t or -x");
}

static void
read_options(struct work *w, int argc, char **argv)
{
	int c;

	while ((c = cli_next(&cli, argc, argv)) != -1) {
		if (c == 'e') {
			w->trailer = true;
		} else if (c == 'l') {
			set_mode(w, WORK_LIST);
		} else if (c == 't') {
			set_mode(w, WORK_TEST);
		} else if (c == 'x') {
			set_mode(w, WORK_EXTRACT);
			w->folder = optarg;
		} else if (c == OPTION_RAW) {
			w->raw = true;
		} else if (c == 'v') {
			w->verbose = true;
		} else if (c == OPTION_MAX_SIZE) {
			w->max_size = cli_bytes("--max-size", optarg, 0, UINT64_MAX);
		}
	}
	check_options(w);
}

/* Opens the archive; *piped if it has to be read from front to end. */
static int
open_archive(const char *path, const char **name, bool *piped)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*name = is_stdin ? "standard input" : path;
	if (fd < 0 || fstat(fd, &st) != 0)
		msg_die_input(*name);
	cli_refuse_terminal(&cli, fd);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		msg_die_input(*name);
	}
	*piped = is_stdin || !S_ISREG(st.st_mode);
	return fd;
}

/* The member as it is promised; of --raw, as if its compressed bytes had been stored. */
static void
unpack(struct in *in, struct unpacker *u, const struct zip_entry *e, struct work *w)
{
	struct zip_entry raw = {
	    .method = ZIP_STORED, .compressed = e->compressed, .size = e->compressed};
	struct unpacked got;

	fault_in_member(e->name, e->name_len);
	if (!work_begin(w, e))
		return;
	zip_refuse_foreign(e);
	window_seek(in, e->data);
	got = unpacker_run(u, w->raw ? &raw : e, true, w);
	if (!w->raw)
		unpacked_check(&got, e);
	work_end(w, e);
}

/* What a file can tell before the first byte is written. */
static void
refuse_early(const struct catalog *c, const struct work *w)
{
	const struct select *s = &w->select;
	size_t i, files = 0;

	for (i = 0; i < s->count; i++)
		if (catalog_find(c, s->names[i]) == NULL) {
			fault_in_member(s->names[i], strlen(s->names[i]));
			fault("no such member");
		}
	for (i = 0; i < c->count; i++)
		files += !zip_is_folder(&c->entries[i]);
	if (w->mode == WORK_WRITE && s->count == 0)
		work_refuse_choice(files);
}

/* Members of a file go out in the order of their naming, all in that of the directory. */
static void
unpack_file(struct in *in, const struct catalog *c, struct work *w)
{
	const struct select *s = &w->select;
	struct unpacker *u = unpacker_open(in);
	size_t i, count = s->count > 0 ? s->count : c->count;

	refuse_early(c, w);
	for (i = 0; i < count; i++)
		unpack(in, u, s->count > 0 ? catalog_find(c, s->names[i]) : &c->entries[i], w);
	unpacker_close(u);
}

static void
run(struct work *w, const char *path, char **names, size_t count)
{
	struct catalog catalog = {0};
	const char *name;
	struct in in;
	int fd = open_archive(path, &name, &w->piped);

	if (w->trailer && w->piped && count > 1)
		cli_usage("-e and a pipe go with one member");
	if (w->raw && (w->piped || count > 1))
		cli_usage("--raw goes with a file and one member");
	select_open(&w->select, names, count, w->piped && w->mode == WORK_WRITE);
	fault_in_archive(name);
	in_open(&in, fd, name, WINDOW_MAX);
	work_open(w);
	if (w->piped) {
		stream_read(&in, &catalog, w);
	} else {
		directory_read(&in, &catalog);
		unpack_file(&in, &catalog, w);
	}
	work_finish(w, &catalog);
	catalog_free(&catalog);
	in_close(&in);
}

int
main(int argc, char **argv)
{
	struct work work = {.max_size = UINT64_MAX};

	cli_start(argv);
	read_options(&work, argc, argv);
	if (optind == argc) {
		cli_refuse_terminal(&cli, STDIN_FILENO);
		cli_usage("no archive was named");
	}
	run(&work, argv[optind], argv + optind + 1, (size_t)(argc - optind - 1));
	return 0;
}
