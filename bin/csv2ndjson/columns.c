/* What goes out, given the header: see columns.h. */
#include "columns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "msg.h"
#include "utf8.h"

enum { LISTED = 40, SHOWN = 80, SHOWN_ALONE = 600 }; /* names in a message, bytes of one */

/* Files that people take for CSV, told by their first bytes. */
static void
check_start(struct source *s, const char *where)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *what;
	} kinds[] = {
	    {"\xff\xfe", 2, "UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8"},
	    {"\xfe\xff", 2, "UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8"},
	    {"\x1f\x8b", 2, "gzip, not CSV; unpack it: gunzip -c"},
	    {"PK\x03", 3, "a zip archive, not CSV; read a member of it: unzipper ZIP MEMBER"},
	};
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (s->visible >= kinds[i].len &&
		    memcmp(source_at(s, 0), kinds[i].bytes, kinds[i].len) == 0)
			msg_die(EX_DATAERR, "%s: this is %s", where, kinds[i].what);
}

/* Excel's first line, sep=; say, with or without quotes, is no header. */
static void
check_separator(const char *raw, size_t len, const char *where)
{
	size_t quote = len > 0 && raw[0] == '"' ? 1 : 0;

	if (len != 5 + 2 * quote || strncasecmp(raw + quote, "sep=", 4) != 0)
		return;
	msg_die(EX_DATAERR,
	    "%s: the first line is %.*s, which names the delimiter to Excel; remove it "
	    "(sed 1d) and give -d '%.*s'",
	    where, (int)len, raw, raw[quote + 4] == '\t' ? 2 : 1,
	    raw[quote + 4] == '\t' ? "\\t" : raw + quote + 4);
}

static void
check_record(const struct record *r, const char *raw, const char *where)
{
	if (r->kind == RECORD_BAD)
		msg_die(EX_DATAERR, "%s: header: %s", where, r->reason);
	if (r->count > r->room)
		msg_die(EX_DATAERR, "%s: header: more than %d columns", where, NAMES_MAX);
	if (memchr(raw, '\0', r->len) != NULL)
		msg_die(EX_DATAERR, "%s: header: NUL in it (is it UTF-16?)", where);
	check_separator(raw, r->len, where);
}

/* The fields of the first record that is not blank. Returns the blank ones before it. */
static uint64_t
read_header(struct names *header, struct reader *rd, const char *where)
{
	struct record r;
	uint64_t blank = 0;
	size_t i;

	record_open(&r, NAMES_MAX);
	while (reader_next(rd, &r) && r.kind == RECORD_BLANK) {
		source_release(rd->source, rd->at);
		r.kind = RECORD_FIELDS;
		blank++;
	}
	if (r.offset == rd->at)
		msg_die(EX_DATAERR, "%s: no header line", where);
	check_record(&r, source_at(rd->source, r.offset), where);
	for (i = 0; i < r.count; i++)
		names_add(header, r.text.data + r.fields[i].start, r.fields[i].len);
	source_release(rd->source, rd->at);
	record_close(&r);
	return blank;
}

static void
check_header(const struct names *header, const char *where)
{
	char why[256];
	size_t i;

	if (names_faulty(header, why, sizeof why))
		msg_die(EX_DATAERR, "%s: header: %s (choose columns with -c)", where, why);
	for (i = 0; i < header->count; i++)
		if (header->all[i][0] == '_')
			msg_die(EX_DATAERR,
			    "%s: header: %s: a name that begins with _ (rename it with -c)",
			    where, header->all[i]);
}

static void
list_name(struct buf *b, const char *name, size_t most)
{
	size_t len = strlen(name);

	len = utf8_valid(name, len < most ? len : most);
	if (b->len > 0)
		buf_puts(b, ", ");
	buf_put(b, name, len);
	if (name[len] != '\0')
		buf_puts(b, "...");
}

/* The names that are looked for and not there, all in one message. */
static _Noreturn void
die_missing(const struct names *has, const struct names *wanted, const char *where)
{
	struct buf missing = {0}, found = {0};
	const char *hint = "";
	size_t i, count = 0;

	for (i = 0; i < wanted->count; i++)
		if (names_find(has, wanted->all[i]) == has->count && count++ < LISTED)
			list_name(&missing, wanted->all[i], SHOWN);
	for (i = 0; i < has->count && i < LISTED; i++)
		list_name(&found, has->all[i], has->count > 1 ? SHOWN : SHOWN_ALONE);
	if (has->count == 1 && strpbrk(has->all[0], ";\t|") != NULL)
		hint = "; is the delimiter another? give it with -d";
	msg_die(EX_DATAERR, "%s: no column%s %.*s%s (found: %.*s%s)%s", where,
	    count > 1 ? "s" : "", (int)missing.len, missing.data,
	    count > LISTED ? ", ..." : "", (int)found.len, found.data,
	    has->count > LISTED ? ", ..." : "", hint);
}

static size_t
find(const struct names *has, const struct names *wanted, size_t i, const char *where)
{
	size_t at = names_find(has, wanted->all[i]), k;

	if (at == has->count)
		die_missing(has, wanted, where);
	for (k = at + 1; k < has->count; k++)
		if (strcmp(has->all[k], has->all[at]) == 0)
			msg_die(EX_DATAERR,
			    "%s: header: columns %zu and %zu are both named %s", where, at + 1,
			    k + 1, has->all[at]);
	return at;
}

static void
make_column(struct column *c, const char *name, size_t field, bool first)
{
	c->name = name;
	c->field = field;
	buf_putc(&c->key, first ? '{' : ',');
	json_put_string(&c->key, name, strlen(name));
	buf_putc(&c->key, ':');
}

void
columns_open(struct columns *c, const struct wanted *w, struct reader *rd, const char *where)
{
	const struct names *inputs = w->inputs.count ? &w->inputs : &c->header, *outputs;
	size_t i;

	*c = (struct columns){0};
	check_start(rd->source, where);
	if (w->header.count > 0)
		for (i = 0; i < w->header.count; i++)
			names_add(&c->header, w->header.all[i], strlen(w->header.all[i]));
	else
		c->blank = read_header(&c->header, rd, where);
	if (w->inputs.count == 0)
		check_header(&c->header, where);
	outputs = w->outputs.count ? &w->outputs : &c->header;
	c->count = outputs->count;
	c->all = calloc(c->count, sizeof *c->all);
	if (c->all == NULL)
		msg_die_errno("memory");
	for (i = 0; i < c->count; i++)
		make_column(
		    &c->all[i], outputs->all[i], find(&c->header, inputs, i, where), i == 0);
	for (i = 0; i < w->literals.count; i++)
		c->all[find(outputs, &w->literals, i, where)].literal = true;
}

void
columns_close(struct columns *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		buf_free(&c->all[i].key);
	free(c->all);
	names_free(&c->header);
}
