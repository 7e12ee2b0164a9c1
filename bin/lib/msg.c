/* Messages: see msg.h. A line is at most 4 KiB; longer ones are cut. */
#include "msg.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipe.h"
#include "utf8.h"

enum { LINE_MAX_BYTES = 4096 };

static const char *tool = "?";
static bool erase;

void
msg_set_tool(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	tool = slash ? slash + 1 : argv0 ? argv0 : "?";
}

const char *
msg_tool(void)
{
	return tool;
}

void
msg_set_unfinished(bool unfinished)
{
	erase = unfinished;
}

/* Does the character (of n bytes) change how a terminal shows others: C1, direction, lines? */
static bool
is_control(const char *s, size_t n)
{
	static const char *const others[] = {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f",
	    "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
	    "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8",
	    "\xe2\x81\xa9"}; /* U+061C 200E 200F 2028-202E 2066-2069 */
	size_t i;

	if (n == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0)
		return true;
	for (i = 0; i < sizeof others / sizeof others[0]; i++)
		if (strlen(others[i]) == n && memcmp(others[i], s, n) == 0)
			return true;
	return false;
}

/*
 * How many bytes at s are not to reach a terminal as they are: a control character, or a byte
 * that is not UTF-8. 0 if there is a character to be shown, of *len bytes.
 */
static size_t
control(const char *s, size_t *len)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	*len = n;
	if (n == 1)
		return c < 0x20 || c == 0x7f;
	if (strnlen(s, n) < n || utf8_valid(s, n) != n)
		return 1;
	return is_control(s, n) ? n : 0;
}

/* One write(2), so that lines of several filters on one terminal do not mix. */
static void
print_line(const char *text)
{
	static const char hex[] = "0123456789abcdef", eraser[] = "\r\033[K";
	char line[sizeof eraser + 4 * LINE_MAX_BYTES + 2];
	size_t n = 0, hidden, len;

	if (erase)
		for (; eraser[n]; n++)
			line[n] = eraser[n];
	erase = false;
	while (*text) {
		hidden = control(text, &len);
		if (hidden == 0) {
			memcpy(line + n, text, len);
			text += len;
			n += len;
		}
		for (; hidden > 0; hidden--, text++) {
			unsigned char c = (unsigned char)*text;
			line[n++] = '\\';
			line[n++] = 'x';
			line[n++] = hex[c >> 4];
			line[n++] = hex[c & 15];
		}
	}
	line[n++] = '\n';
	/* When stderr itself fails there is nobody left to tell. */
	while (write(STDERR_FILENO, line, n) < 0)
		if (errno != EINTR && !pipe_wait(STDERR_FILENO, POLLOUT))
			return;
}

static void
print_message(const char *fmt, va_list ap, const char *why)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES];

	vsnprintf(text, sizeof text, fmt, ap);
	snprintf(line, sizeof line, "%s: %.4000s%s%.80s", tool, text, why ? ": " : "",
	    why ? why : "");
	print_line(line);
}

void
msg_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message(fmt, ap, NULL);
	va_end(ap);
}

void
msg_die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message(fmt, ap, NULL);
	va_end(ap);
	exit(status);
}

void
msg_die_errno(const char *fmt, ...)
{
	const char *why = strerror(errno);
	va_list ap;

	va_start(ap, fmt);
	print_message(fmt, ap, why);
	va_end(ap);
	exit(EX_IOERR);
}

void
msg_die_input(const char *name)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case EACCES:
		msg_die(EX_USAGE, "%s: %s", name, strerror(errno));
	default:
		msg_die_errno("%s", name);
	}
}
