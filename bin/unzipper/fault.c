/* What is wrong with an archive: see fault.h. Long names are cut so that the reason fits. */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "msg.h"
#include "utf8.h"

enum { NAME_SHOWN = 300, REASON_MAX = 1024 };

static const char *archive = "?";
static char member[NAME_SHOWN + sizeof "..."];

void
fault_in_archive(const char *name)
{
	archive = name;
	fault_in_member("", 0);
}

void
fault_in_member(const char *name, size_t n)
{
	size_t shown = n < NAME_SHOWN ? n : NAME_SHOWN, i;

	for (i = 0; i < shown; i++) {
		size_t good = utf8_valid(name + i, shown - i);
		memcpy(member + i, name + i, good);
		i += good;
		member[i] = '?'; /* what is no UTF-8, and the half of a character at a cut */
	}
	for (i = 0; i < shown; i++)
		if (member[i] == '\0')
			member[i] = '?';
	strcpy(member + shown, shown < n ? "..." : "");
}

void
fault(const char *fmt, ...)
{
	char text[REASON_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	msg_die(EX_DATAERR, "%.2000s: %s%s%s", archive, member, *member ? ": " : "", text);
}

void
fault_remark(const char *fmt, ...)
{
	char text[REASON_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	msg_warn("%.2000s: %s%s%s", archive, member, *member ? ": " : "", text);
}
