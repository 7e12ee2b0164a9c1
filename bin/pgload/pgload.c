/*
 * pgload: NDJSON records into a PostgreSQL table.
 * Reads records and, with -e, their trailer; writes the table, the reject file and the file
 * of counts. Promises that all of it is committed at once or none, and that each value of a
 * type that it checks is taken by the server with equal value; values of other types go as
 * text and are what the server makes of them. One connection; memory is that of the longest
 * record.
 */
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "connect.h"
#include "load.h"
#include "value.h"

enum { TRUNCATE = CLI_OWN, IGNORE_UNKNOWN, DATES };

static const struct cli_option options[] = {
    {'d', "dbname", "CONNINFO", "connection string, without password (default: PGHOST, ...)"},
    {'t', "table", "TABLE", "the table, written as in SQL"},
    {'k', "key", "KEY,...", "merge by these columns instead of appending"},
    {TRUNCATE, "truncate", NULL, "replace what the table holds"},
    {'e', "need-end", NULL, "commit only a stream that closes with its trailer"},
    {IGNORE_UNKNOWN, "ignore-unknown", NULL, "ignore keys that are no columns"},
    {DATES, "dates", "ORDER",
	"read 10/30/1995 (mdy) or 30/10/1995 (dmy) as well (default: iso)"},
    CLI_FILTERED_OPTION,
    CLI_STREAM_OPTIONS,
};

static const struct cli cli = {
    "[-e] [-d CONNINFO] [-k KEY,...] [--truncate] [--dates ORDER]\n              [-R FILE] -t "
    "TABLE [file]",
    "Loads NDJSON records into a PostgreSQL table, in one transaction.",
    options,
    sizeof options / sizeof options[0],
};

static enum value_dates
read_dates(const char *arg)
{
	if (strcmp(arg, "iso") == 0)
		return VALUE_ISO;
	if (strcmp(arg, "mdy") == 0)
		return VALUE_MDY;
	if (strcmp(arg, "dmy") == 0)
		return VALUE_DMY;
	cli_usage("--dates: %s: not iso, mdy or dmy", arg);
}

static void
take_option(struct load_options *o, int letter, const char *arg)
{
	switch (letter) {
	case 'd':
		o->conninfo = arg;
		break;
	case 't':
		o->table = arg;
		break;
	case 'k':
		o->keys = arg;
		break;
	case 'e':
		o->trailer = true;
		break;
	case TRUNCATE:
		o->truncate = true;
		break;
	case IGNORE_UNKNOWN:
		o->ignore_unknown = true;
		break;
	case DATES:
		value_set_dates(read_dates(arg));
		break;
	default:
		cli_stream_option(&o->stream, letter, arg);
	}
}

int
main(int argc, char **argv)
{
	struct load_options o = {.stream = CLI_STREAM_DEFAULTS};
	const char *name;
	int c, fd;

	cli_start(argv);
	while ((c = cli_next(&cli, argc, argv)) != -1)
		take_option(&o, c, optarg);
	if (o.table == NULL)
		cli_usage("-t TABLE is needed");
	if (o.keys != NULL && o.truncate)
		cli_usage("-k merges, --truncate replaces: one of them");
	connect_check(o.conninfo);
	fd = cli_input(&cli, argc, argv, &name);
	load_run(&o, fd, name);
	return 0;
}
