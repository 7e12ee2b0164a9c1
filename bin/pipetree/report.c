/* Reports: see report.h. */
#include "report.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "json.h"
#include "msg.h"
#include "out.h"
#include "utf8.h"

/* A string of JSON, whatever its bytes are. */
static void
put_text(struct buf *b, const char *s)
{
	struct buf valid = {0};
	size_t n, good;

	if (s == NULL) {
		buf_puts(b, "null");
		return;
	}
	for (n = strlen(s); n > 0; s += good, n -= good) {
		good = utf8_valid(s, n);
		buf_put(&valid, s, good);
		if (good == n)
			break;
		buf_puts(&valid, "\xef\xbf\xbd");
		good++;
	}
	json_put_string(b, valid.data == NULL ? "" : valid.data, valid.len);
	buf_free(&valid);
}

static void
put_command(struct buf *b, const struct tree *t, size_t i)
{
	const struct tree_command *c = tree_at(t, i);
	char **argv = tree_argv(t, i, NULL, NULL);
	size_t a;

	buf_puts(b, "{\"path\":");
	put_text(b, c->path);
	buf_printf(b, ",\"line\":%u,\"argv\":[", c->line);
	for (a = 0; argv[a] != NULL; a++) {
		if (a > 0)
			buf_putc(b, ',');
		put_text(b, argv[a]);
	}
	buf_putc(b, ']');
	tree_free_argv(argv);
}

/* A number, or null if it is none. */
static void
put_number(struct buf *b, const char *name, int value, int none)
{
	if (value == none)
		buf_printf(b, ",\"%s\":null", name);
	else
		buf_printf(b, ",\"%s\":%d", name, value);
}

bool
report_write(int fd, const struct tree *t, const struct outcome *o)
{
	size_t i, cause = outcome_cause(t, o);
	bool is_written;
	struct buf b = {0};

	for (i = 0; i < tree_count(t); i++) {
		put_command(&b, t, i);
		buf_printf(&b, ",\"outcome\":\"%s\"", outcome_name(o[i].kind));
		put_number(&b, "status", o[i].status, -1);
		put_number(&b, "signal", o[i].signal, 0);
		buf_printf(&b,
		    ",\"seconds\":%.3f,\"peak_bytes\":%lld,\"message\":", o[i].seconds,
		    o[i].peak_bytes);
		put_text(&b, o[i].message);
		buf_printf(&b, ",\"cause\":%s}\n", i == cause ? "true" : "false");
	}
	is_written = write(fd, b.data, b.len) == (ssize_t)b.len && close(fd) == 0;
	buf_free(&b);
	return is_written;
}

void
report_plan(const struct tree *t)
{
	struct out *out = out_stdout();
	struct buf b = {0};
	size_t i;

	for (i = 0; i < tree_count(t); i++) {
		put_command(&b, t, i);
		if (tree_at(t, i)->side != NULL) {
			buf_puts(&b, ",\"side\":");
			put_text(&b, tree_at(t, i)->side);
		}
		if (tree_at(t, i)->output != NULL || tree_at(t, i)->is_stdout) {
			buf_puts(&b, ",\"output\":");
			put_text(&b, tree_at(t, i)->is_stdout ? "-" : tree_at(t, i)->output);
		}
		buf_puts(&b, "}\n");
	}
	out_put(out, b.data, b.len);
	out_close(out);
	buf_free(&b);
}

/* One word: as it stands if a tree could have it so, else in quotes. */
static void
put_word(struct buf *b, const char *word)
{
	if (*word != '\0' && strpbrk(word, " '\"`|&;<>$\\\n\t") == NULL) {
		buf_puts(b, word);
		return;
	}
	buf_putc(b, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_putc(b, '\'');
		buf_putc(b, *word);
	}
	buf_putc(b, '\'');
}

char *
report_words(const struct tree *t, size_t i)
{
	char **argv = tree_argv(t, i, NULL, NULL);
	struct buf b = {0};
	size_t a;

	for (a = 0; argv[a] != NULL; a++) {
		if (a > 0)
			buf_putc(&b, ' ');
		put_word(&b, argv[a]);
	}
	buf_putc(&b, '\0');
	tree_free_argv(argv);
	return b.data;
}
