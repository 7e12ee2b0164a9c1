/* Messages: see msg.h. A line is at most 4 KiB; longer ones are cut. */
#include "msg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Is there a control character at s: ASCII's, or one of U+0080 to U+009F in UTF-8? */
static size_t
control(const char *s)
{
	unsigned char c = (unsigned char)s[0], next = (unsigned char)s[1];

	if (c == 0xc2 && next >= 0x80 && next < 0xa0)
		return 2;
	return c < 0x20 || c == 0x7f;
}

/* One write(2), so that lines of several filters on one terminal do not mix. */
static void
print_line(const char *text)
{
	static const char hex[] = "0123456789abcdef", eraser[] = "\r\033[K";
	char line[sizeof eraser + 4 * LINE_MAX_BYTES + 2];
	size_t n = 0, shown;

	if (erase)
		for (; eraser[n]; n++)
			line[n] = eraser[n];
	erase = false;
	while (*text) {
		for (shown = control(text); shown > 0; shown--, text++) {
			unsigned char c = (unsigned char)*text;
			line[n++] = '\\';
			line[n++] = 'x';
			line[n++] = hex[c >> 4];
			line[n++] = hex[c & 15];
		}
		if (*text && control(text) == 0)
			line[n++] = *text++;
	}
	line[n++] = '\n';
	/* When stderr itself fails there is nobody left to tell. */
	if (write(STDERR_FILENO, line, n) < 0)
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
