/*
 * usage: peak FILE COMMAND [ARG ...]
 * Runs a command and writes its peak resident memory, in bytes, to FILE. What a large process
 * forks inherits that process's peak; this one is small. Exits as the command does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void
fail(const char *what)
{
	perror(what);
	exit(74);
}

static void
write_peak(const char *path)
{
	struct rusage usage;
	FILE *f = fopen(path, "w");

	if (f == NULL || getrusage(RUSAGE_CHILDREN, &usage) != 0 ||
	    fprintf(f, "%ld\n", usage.ru_maxrss * 1024) < 0 || fclose(f) != 0)
		fail(path);
}

int
main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 3)
		return 64;
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		fail(argv[2]);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		fail("peak");
	write_peak(argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
