/*
 * A command of a random tree (tests/prop/test_pipetree.py): it reads, writes, and does a
 * fault.
 *
 * usage: node LOG ROLE HOW FAULT AT [SIDE]
 *   LOG    a file to which it appends lines: "fault" before its fault, "eof BYTES" at the
 *          end of its input, "wrote BYTES" at its own end
 *   ROLE   make:N writes N bytes, copy copies its input to its output, sink writes nothing
 *   HOW    - or letters: b reads and writes byte by byte, t ignores SIGTERM, s leaves a
 *          background process behind
 *   FAULT  none, exit:N, kill:SIGNAL, early (exit 0), close-out, close-in, stop
 *   AT     how many bytes have been read (make: written) before the fault
 *   SIDE   a path that is read to its end first; "side BYTES" is logged
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *log_path, *how, *fault;
static size_t fault_at, passed, written;
static int is_writing;

static void
note(const char *what, long long n)
{
	char line[64];
	int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	int length = n < 0 ? snprintf(line, sizeof line, "%s\n", what)
			   : snprintf(line, sizeof line, "%s %lld\n", what, n);

	if (fd < 0 || write(fd, line, (size_t)length) != length)
		_exit(99);
	close(fd);
}

static _Noreturn void
leave(void)
{
	note("wrote", (long long)written);
	_exit(0);
}

static void
do_fault(void)
{
	const char *name = fault;

	fault = "none";
	if (strcmp(name, "none") == 0)
		return;
	note("fault", -1);
	if (strncmp(name, "exit:", 5) == 0)
		_exit(atoi(name + 5));
	if (strncmp(name, "kill:", 5) == 0)
		kill(getpid(), atoi(name + 5));
	if (strcmp(name, "early") == 0)
		leave();
	if (strcmp(name, "stop") == 0)
		kill(getpid(), SIGSTOP);
	if (strcmp(name, "close-in") == 0) {
		close(STDIN_FILENO);
		poll(NULL, 0, 30);
		leave();
	}
	if (strcmp(name, "close-out") == 0) {
		close(STDOUT_FILENO);
		is_writing = 0;
	}
}

static void
put(const char *p, size_t n)
{
	size_t step = strchr(how, 'b') != NULL ? 1 : n;
	ssize_t w;

	while (is_writing && n > 0) {
		w = write(STDOUT_FILENO, p, step < n ? step : n);
		if (w < 0)
			_exit(74);
		p += w;
		n -= (size_t)w;
		written += (size_t)w;
	}
}

/* Passes bytes on, with the fault in between where it is due. */
static void
pass(const char *p, size_t n)
{
	size_t before = fault_at >= passed && fault_at - passed < n ? fault_at - passed : n;

	put(p, before);
	passed += before;
	if (before < n) {
		do_fault();
		put(p + before, n - before);
		passed += n - before;
	}
}

static void
make(size_t n)
{
	char data[4096];
	size_t i, piece;

	while (n > 0) {
		piece = n < sizeof data ? n : sizeof data;
		for (i = 0; i < piece; i++)
			data[i] = (char)('a' + (passed + i) % 26);
		pass(data, piece);
		n -= piece;
	}
}

static void
copy(void)
{
	char data[65536];
	size_t size = strchr(how, 'b') != NULL ? 1 : sizeof data;
	ssize_t n;

	while ((n = read(STDIN_FILENO, data, size)) > 0)
		pass(data, (size_t)n);
	if (n < 0)
		_exit(74);
	note("eof", (long long)passed);
}

static void
read_side(const char *path)
{
	char data[4096];
	long long all = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY);

	while ((n = read(fd, data, sizeof data)) > 0)
		all += n;
	note("side", n < 0 ? -2 : all);
	close(fd);
}

int
main(int argc, char **argv)
{
	if (argc < 6)
		return 64;
	log_path = argv[1];
	how = argv[3];
	fault = argv[4];
	fault_at = strtoul(argv[5], NULL, 10);
	is_writing = strcmp(argv[2], "sink") != 0;
	if (strchr(how, 't') != NULL)
		signal(SIGTERM, SIG_IGN);
	if (strchr(how, 's') != NULL && fork() == 0) {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
		sleep(1000);
	}
	if (argc > 6)
		read_side(argv[6]);
	if (strncmp(argv[2], "make:", 5) == 0)
		make(strtoul(argv[2] + 5, NULL, 10));
	else
		copy();
	if (fault_at >= passed)
		do_fault();
	leave();
}
