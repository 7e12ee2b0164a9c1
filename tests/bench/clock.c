/* usage: clock FILE COMMAND [ARG ...]
 *
 * Runs the command and waits for it and for every descendant of it. Then FILE has one line:
 * seconds, CPU seconds and peak memory (KiB, of the largest of these processes), and the
 * command's exit status. A program of its own because a process starts with the peak of the
 * one that it was forked from: behind this one that is little. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
cpu(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

int
main(int argc, char **argv)
{
	double start = now(), used = 0;
	long peak = 0;
	int status = 0, code = 127;
	struct rusage usage;
	if (argc < 3 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
		return 64;
	pid_t child = fork(), pid;
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	while ((pid = wait4(-1, &status, 0, &usage)) > 0 || errno == EINTR) {
		if (pid <= 0)
			continue;
		used += cpu(&usage);
		peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
		if (pid == child)
			code =
			    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	FILE *f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%.4f %.4f %ld %d\n", now() - start, used, peak, code) < 0 ||
	    fclose(f) != 0)
		return 74;
	return 0;
}
