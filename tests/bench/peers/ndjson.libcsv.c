/* usage: csv-loop FILE
 * The plain loop of libcsv: CSV to NDJSON, large buffers, nothing checked: no number of
 * fields, no UTF-8, no quoting, no position, no limit. Assumes a header of at most 64 short
 * names and no control character but tab, CR and LF. */
#include <csv.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char out[1 << 20], names[64][256];
static size_t used;
static int column, columns, in_header = 1;

static void
put(const char *s, size_t n)
{
	if (used + n > sizeof out) {
		if (write(1, out, used) < 0)
			_exit(1);
		used = 0;
	}
	memcpy(out + used, s, n);
	used += n;
}

static void
put_string(const char *s, size_t n)
{
	for (size_t i = 0, from = 0; i <= n; i++) {
		char c = i < n ? s[i] : '"';
		if (c != '"' && c != '\\' && c != '\n' && c != '\r' && c != '\t')
			continue;
		put(s + from, i - from);
		from = i + 1;
		if (i < n)
			put(c == '\n'   ? "\\n"
			    : c == '\r' ? "\\r"
			    : c == '\t' ? "\\t"
			    : c == '"'  ? "\\\""
					: "\\\\",
			    2);
	}
}

static void
field(void *s, size_t n, void *unused)
{
	(void)unused;
	if (in_header) {
		columns++;
		snprintf(names[column], sizeof names[0], "%c\"%.*s\":", column ? ',' : '{',
		    (int)n, (char *)s);
	} else if (column < columns) {
		put(names[column], strlen(names[column]));
		if (n == 0) {
			put("null", 4);
		} else {
			put("\"", 1);
			put_string(s, n);
			put("\"", 1);
		}
	}
	column++;
}

static void
record(int end, void *unused)
{
	(void)end;
	(void)unused;
	if (!in_header)
		put("}\n", 2);
	in_header = column = 0;
}

static int
no_blank(unsigned char c)
{
	(void)c;
	return 0;
}

int
main(int argc, char **argv)
{
	static char in[1 << 20];
	struct csv_parser p;
	ssize_t n;
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	if (fd < 0 || csv_init(&p, 0) != 0)
		return 1;
	csv_set_space_func(&p, no_blank);
	while ((n = read(fd, in, sizeof in)) > 0)
		csv_parse(&p, in, (size_t)n, field, record, NULL);
	csv_fini(&p, field, record, NULL);
	return n < 0 || write(1, out, used) < 0;
}
