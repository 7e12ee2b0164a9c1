/* csv2ndjson: CSV to NDJSON. Options and wiring; see csv2ndjson.1. */
#include <getopt.h>
#include <string.h>

#include "convert.h"
#include "ndjson.h"

enum { RAW = CLI_OWN, REJOIN, MAX_RECORD };

static const struct cli_option table[] = {
    {'c', "columns", "COLS", "which columns, in this order: COL or NEW=COL, comma-separated"},
    {'d', "delimiter", "CHAR", "what stands between fields (default: a comma; \\t is a tab)"},
    {'e', "end", NULL, "close the output with a trailer, if all went well"},
    {'E', "need-end", NULL, "the input must close with the trailer of unzipper -e"},
    {'H', "header", "NAMES", "the columns' names, comma-separated; no line of the input is"},
    {'j', "json", "COLS", "output columns that hold Python literals or JSON, to be JSON"},
    {'n', "provenance", NULL, "add _record and _line, where a record comes from"},
    {RAW, "raw", NULL, "add _raw, the record as it stands in the input, without its line end"},
    {REJOIN, "rejoin", NULL, "put records together that a line break has torn in two"},
    {MAX_RECORD, "max-record", "BYTES", "turn longer records away (default: 4M)"},
    CLI_STREAM_OPTIONS,
    CLI_LINES_OPTION,
};

static const struct cli cli = {
    .synopsis = "[-eEnv] [-c COLS] [-d CHAR] [-H NAMES] [-j COLS] [options] [file]",
    .purpose =
	"Writes the records of a CSV file as NDJSON: strings, and null for what is empty.",
    .options = table,
    .count = sizeof table / sizeof table[0],
};

static char
read_delimiter(const char *text)
{
	if (strcmp(text, "\\t") == 0)
		return '\t';
	if (strlen(text) != 1 || (unsigned char)text[0] > 0x7f || strchr("\"\r\n", text[0]))
		cli_usage("-d: %s: not one ASCII character, or one that CSV needs", text);
	return text[0];
}

/* The lists of names, read when all options have been seen. */
struct lists {
	const char *header, *columns, *json;
};

static void
take(struct options *o, struct lists *lists, int letter, const char *arg)
{
	switch (letter) {
	case 'c':
		lists->columns = arg;
		break;
	case 'd':
		o->delimiter = read_delimiter(arg);
		break;
	case 'e':
		o->trailer = true;
		break;
	case 'E':
		o->demand = true;
		break;
	case 'H':
		lists->header = arg;
		break;
	case 'j':
		lists->json = arg;
		break;
	case 'n':
		o->provenance = true;
		break;
	case RAW:
		o->raw = true;
		break;
	case REJOIN:
		o->rejoin = true;
		break;
	case MAX_RECORD:
		o->max = (size_t)cli_bytes("--max-record", arg, 1, NDJSON_LINE_MAX);
		break;
	default:
		cli_stream_option(&o->stream, letter, arg);
	}
}

int
main(int argc, char **argv)
{
	struct options o = {.stream = CLI_STREAM_DEFAULTS, .delimiter = ',', .max = 4 << 20};
	struct lists lists = {0};
	const char *name;
	int c, fd;

	cli_start(argv);
	while ((c = cli_next(&cli, argc, argv)) != -1)
		take(&o, &lists, c, optarg);
	wanted_open(&o.wanted, lists.header, lists.columns, lists.json);
	fd = cli_input(&cli, argc, argv, &name);
	convert(&o, fd, name);
	wanted_close(&o.wanted);
	return 0;
}
