/*
 * The zip reader. An archive is read as a file, as a stream, and as a stream that comes in
 * small pieces. What one way accepts the others accept, with the same bytes in each member.
 */
#include <string.h>
#include <xxhash.h>

#include "program.h"

#define main unzipper_main
#include "../../bin/unzipper/unzipper.c"
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __real_work_put(struct work *w, const void *p, size_t n);
void __wrap_work_put(struct work *w, const void *p, size_t n);
void __real_work_end(struct work *w, const struct zip_entry *e);
void __wrap_work_end(struct work *w, const struct zip_entry *e);

/* Of all members, in any order: each name with its bytes. */
static uint64_t sum;
static XXH64_hash_t content;

void
__wrap_work_put(struct work *w, const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t i;

	for (i = 0; i < n; i++) /* so that blocks of any size give the same */
		content = (content ^ s[i]) * UINT64_C(1099511628211);
	__real_work_put(w, p, n);
}

void
__wrap_work_end(struct work *w, const struct zip_entry *e)
{
	sum += XXH64(e->name, e->name_len, content);
	content = 0;
	__real_work_end(w, e);
}

struct result {
	int status;
	uint64_t members;
	char reason[512];
};

static struct result
test(const char *path, size_t piece)
{
	char *argv[] = {"unzipper", "-t", "--max-size", "1M", (char *)(uintptr_t)path, NULL};
	struct result r;

	sum = content = 0;
	program_set_piece(piece);
	r.status = program_run(unzipper_main, argv);
	r.members = sum;
	snprintf(r.reason, sizeof r.reason, "%.500s", program_reason());
	PROGRAM_CHECK(r.status == 0 || r.status == EX_DATAERR);
	return r;
}

/* Lines of -l, in any order. */
static uint64_t
list(const char *path, int *status)
{
	char *argv[] = {"unzipper", "-l", "--max-size", "1M", (char *)(uintptr_t)path, NULL};
	struct program_text t;
	uint64_t lines = 0;
	char *line, *end;

	*status = program_run(unzipper_main, argv);
	t = program_read(PROGRAM_OUTPUT);
	for (line = t.data; (end = strchr(line, '\n')) != NULL; line = end + 1)
		lines += XXH64(line, (size_t)(end - line), 0);
	free(t.data);
	return lines;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result file, stream, pieces;
	int file_status, stream_status;

	program_set_input(data, size);
	file = test(PROGRAM_INPUT_PATH, 0);
	stream = test("-", 0);
	pieces = test("-", 1 + size % 61);
	program_set_piece(0);
	PROGRAM_CHECK(strcmp(stream.reason, pieces.reason) == 0);
	PROGRAM_CHECK(stream.status == pieces.status && stream.members == pieces.members);
	if (stream.status == 0 &&
	    file.status != 0) /* the file's tail can be read in two ways */
		PROGRAM_CHECK(strstr(file.reason, "several end records") != NULL);
	if (file.status == 0 && stream.status != 0) /* a size that comes behind the bytes */
		PROGRAM_CHECK(strstr(stream.reason, "cannot be read from a pipe") != NULL);
	if (file.status != 0 || stream.status != 0)
		return 0;
	PROGRAM_CHECK(file.members == stream.members);
	PROGRAM_CHECK(list(PROGRAM_INPUT_PATH, &file_status) == list("-", &stream_status));
	PROGRAM_CHECK(file_status == 0 && stream_status == 0);
	return 0;
}
