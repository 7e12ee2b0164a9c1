/* A filter inside of a fuzzer: see program.h. */
#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sanitizer/allocator_interface.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"

enum { BLOCKS_MAX = 1 << 16, OWN_FDS = 16 };

static jmp_buf ended;
static bool running;
static int status;
static char reason[4096];
static size_t piece;
static const volatile void *blocks[BLOCKS_MAX]; /* what the run holds */
static size_t block_count;

void __wrap_exit(int code);
void __real_exit(int code);
void __wrap_msg_die(int code, const char *fmt, ...);
void __wrap_msg_die_errno(const char *fmt, ...);
void __wrap_msg_warn(const char *fmt, ...);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __real_read(int fd, void *p, size_t n);

static void
note_malloc(const volatile void *p, size_t n)
{
	(void)n;
	if (!running || p == NULL)
		return;
	if (block_count == BLOCKS_MAX)
		abort();
	blocks[block_count++] = p;
}

static void
note_free(const volatile void *p)
{
	size_t i;

	for (i = block_count; running && i-- > 0;)
		if (blocks[i] == p) {
			blocks[i] = blocks[--block_count];
			return;
		}
}

static _Noreturn void
end(int code)
{
	status = code;
	longjmp(ended, 1);
}

void
__wrap_exit(int code)
{
	if (running)
		end(code);
	__real_exit(code);
}

void
__wrap_msg_die(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof reason, fmt, ap);
	va_end(ap);
	end(code);
}

void
__wrap_msg_die_errno(const char *fmt, ...)
{
	const char *why = strerror(errno);
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof reason, fmt, ap);
	va_end(ap);
	n = strlen(reason);
	snprintf(reason + n, sizeof reason - n, ": %s", why);
	end(74);
}

void
__wrap_msg_warn(const char *fmt, ...)
{
	(void)fmt;
}

ssize_t
__wrap_read(int fd, void *p, size_t n)
{
	return __real_read(fd, p, running && piece > 0 && n > piece ? piece : n);
}

static void
make_file(int number)
{
	int fd = memfd_create("fuzz", 0);

	if (fd < 0 || dup2(fd, number) != number)
		abort();
	close(fd);
}

__attribute__((constructor)) static void
prepare(void)
{
	int i;

	for (i = PROGRAM_INPUT; i <= PROGRAM_STATS; i++)
		make_file(i);
	__sanitizer_install_malloc_and_free_hooks(note_malloc, note_free);
}

void
program_set_input(const uint8_t *data, size_t size)
{
	if (ftruncate(PROGRAM_INPUT, 0) != 0 ||
	    pwrite(PROGRAM_INPUT, data, size, 0) != (ssize_t)size)
		abort();
}

void
program_set_piece(size_t bytes)
{
	piece = bytes;
}

static void
rewind_files(void)
{
	int i;

	for (i = PROGRAM_INPUT; i <= PROGRAM_STATS; i++)
		if (lseek(i, 0, SEEK_SET) != 0 || (i != PROGRAM_INPUT && ftruncate(i, 0) != 0))
			abort();
	if (dup2(PROGRAM_INPUT, STDIN_FILENO) < 0 || dup2(PROGRAM_OUTPUT, STDOUT_FILENO) < 0)
		abort();
}

static void
clean_up(void)
{
	int fd;

	arena_free();
	running = false;
	while (block_count > 0)
		free((void *)(uintptr_t)blocks[--block_count]);
	for (fd = STDERR_FILENO + 1; fd < OWN_FDS; fd++)
		close(fd);
}

int
program_try(void (*act)(void *), void *context)
{
	rewind_files();
	status = 0;
	reason[0] = '\0';
	running = true;
	if (setjmp(ended) == 0)
		act(context);
	clean_up();
	return status;
}

struct call {
	int (*main_function)(int, char **);
	char **argv;
};

static void
call_main(void *context)
{
	const struct call *c = context;
	int argc = 0;

	while (c->argv[argc] != NULL)
		argc++;
	optind = 0; /* glibc then begins anew */
	status = c->main_function(argc, c->argv);
}

int
program_run(int (*main_function)(int, char **), char **argv)
{
	struct call c = {main_function, argv};

	return program_try(call_main, &c);
}

const char *
program_reason(void)
{
	return reason;
}

struct program_text
program_read(int file)
{
	struct program_text t;
	off_t size = lseek(file, 0, SEEK_END);

	t.len = (size_t)size;
	t.data = malloc(t.len + 1);
	if (size < 0 || t.data == NULL || pread(file, t.data, t.len, 0) != size)
		abort();
	t.data[t.len] = '\0';
	return t;
}
