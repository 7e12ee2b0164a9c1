/*
 * csv2ndjson. The first byte of an input chooses options. Invariants: in = out + rejected +
 * rejoined + blank; each line that goes out is a JSON object; there are as many as the counts
 * say; bytes that come in small pieces give the same.
 */
#include <string.h>

#include "program.h"

#include <cjson/cJSON.h>
#include <sysexits.h>

#define main csv2ndjson_main
#include "../../bin/csv2ndjson/csv2ndjson.c"
#undef main

#include "../../bin/csv2ndjson/literal_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *argv[24];
static int argc;

static void
add(const char *argument)
{
	argv[argc++] = (char *)(uintptr_t)argument;
	argv[argc] = NULL;
}

static void
choose(unsigned options)
{
	argc = 0;
	add("csv2ndjson");
	add("-R");
	add(PROGRAM_REJECTS_PATH);
	add("-S");
	add(PROGRAM_STATS_PATH);
	if (options & 1)
		add("--rejoin");
	if (options & 2)
		add("-n");
	if (options & 4)
		add("--raw");
	if (options & 8) {
		add("-Ha,b,c");
		add("-jb");
	}
	if (options & 16)
		add("-e");
	if (options & 32)
		add("-E");
	if (options & 64)
		add("--max-record=64");
	if (options & 128)
		add("-d;");
}

/* How many lines; each must be an object, and those with `code` (if any) are not counted. */
static double
count_objects(const struct program_text *t, const char *const codes[])
{
	char *line = t->data, *end;
	double n = 0;
	cJSON *o;
	size_t i;

	for (; line < t->data + t->len; line = end + 1) {
		end = memchr(line, '\n', (size_t)(t->data + t->len - line));
		PROGRAM_CHECK(end != NULL);
		o = cJSON_ParseWithLength(line, (size_t)(end - line));
		PROGRAM_CHECK(cJSON_IsObject(o) && strlen(line) >= (size_t)(end - line));
		n++;
		for (i = 0; codes[i] != NULL; i++)
			if (strcmp(codes[i],
				cJSON_GetStringValue(cJSON_GetObjectItem(o, "code")) ?: "") ==
			    0)
				n--;
		cJSON_Delete(o);
	}
	return n;
}

static double
count_of(const cJSON *stats, const char *name)
{
	return cJSON_GetNumberValue(cJSON_GetObjectItem(stats, name));
}

static void
check_counts(const struct program_text *out, bool trailer)
{
	static const char *const none[] = {NULL};
	static const char *const notes[] = {"rejoined", NULL};
	struct program_text stats = program_read(PROGRAM_STATS);
	struct program_text rejects = program_read(PROGRAM_REJECTS);
	cJSON *s = cJSON_Parse(stats.data);

	PROGRAM_CHECK(cJSON_IsObject(s));
	PROGRAM_CHECK(count_of(s, "in") == count_of(s, "out") + count_of(s, "rejected") +
					       count_of(s, "rejoined") + count_of(s, "blank"));
	PROGRAM_CHECK(count_objects(out, none) == count_of(s, "out") + trailer);
	if (strstr(rejects.data, "the line goes on") == NULL)
		PROGRAM_CHECK(count_objects(&rejects, notes) == count_of(s, "rejected"));
	cJSON_Delete(s);
	free(stats.data);
	free(rejects.data);
}

/* The literal parser keeps its scratch for the whole run: here for all of them. */
static void
warm_up(void)
{
	static bool done;
	static char text[1 << 17];
	struct literal_error err;
	struct buf out = {0};

	if (done)
		return;
	memset(text, 'a', sizeof text);
	memcpy(text, "\"\\n", 3);
	text[sizeof text - 1] = '"';
	PROGRAM_CHECK(literal_to_json(text, sizeof text, &out, &err));
	buf_free(&out);
	done = true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct program_text whole, pieces;
	int status;

	if (size == 0)
		return 0;
	warm_up();
	choose(data[0]);
	program_set_input(data + 1, size - 1);
	program_set_piece(0);
	status = program_run(csv2ndjson_main, argv);
	PROGRAM_CHECK(status == 0 || status == EX_DATAERR || status == EX_IOERR ||
		      status == EX_USAGE); /* a trailer, and no -E */
	whole = program_read(PROGRAM_OUTPUT);
	if (status == 0)
		check_counts(&whole, data[0] & 16);
	program_set_piece(1 + size % 61);
	PROGRAM_CHECK(program_run(csv2ndjson_main, argv) == status);
	pieces = program_read(PROGRAM_OUTPUT);
	if (status == 0)
		PROGRAM_CHECK(whole.len == pieces.len &&
			      memcmp(whole.data, pieces.data, whole.len) == 0);
	free(whole.data);
	free(pieces.data);
	return 0;
}
