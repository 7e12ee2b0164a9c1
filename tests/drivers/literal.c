/*
 * A driver for the tests of the literal parser. Reads texts, each closed by a NUL, from
 * standard input; writes a line for each: its value as JSON, or "!BYTE REASON".
 * Each text is put into memory of exactly its size, so that a sanitizer sees a read past it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../bin/csv2ndjson/literal_json.h"
#include "msg.h"

static void
answer(const char *text, size_t len, struct buf *out)
{
	struct literal_error err;
	char *exact = malloc(len ? len : 1);

	if (exact == NULL)
		abort();
	memcpy(exact, text, len);
	buf_clear(out);
	if (!literal_to_json(exact, len, out, &err))
		buf_printf(out, "!%zu %s", err.byte, err.reason);
	buf_putc(out, '\n');
	if (fwrite(out->data, 1, out->len, stdout) != out->len)
		msg_die_errno("standard output");
	free(exact);
}

int
main(int argc, char **argv)
{
	struct buf out = {0};
	char *text = NULL;
	size_t cap = 0;
	ssize_t n;

	(void)argc;
	msg_set_tool(argv[0]);
	while ((n = getdelim(&text, &cap, '\0', stdin)) > 0)
		answer(text, (size_t)n - (text[n - 1] == '\0'), &out);
	if (ferror(stdin) || fflush(stdout) != 0)
		msg_die_errno("input or output");
	free(text);
	buf_free(&out);
	return 0;
}
