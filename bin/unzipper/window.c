/* Records out of a sliding window: see window.h. */
#include "window.h"

#include <inttypes.h>
#include <unistd.h>

#include "fault.h"
#include "msg.h"
#include "zip.h"

bool
window_has(struct in *in, size_t n)
{
	while (in_size(in) < n)
		if (!in_fill(in))
			return false;
	return true;
}

const unsigned char *
window_need(struct in *in, size_t n, const char *what)
{
	if (!window_has(in, n))
		fault("truncated: the archive ends at byte %" PRIu64 ", in %s",
		    in->offset + in_size(in), what);
	return (const unsigned char *)in->data + in->start;
}

uint32_t
window_signature(struct in *in)
{
	return zip_u32(window_need(in, 4, "front of its end record"));
}

void
window_seek(struct in *in, uint64_t offset)
{
	if (offset >= in->offset && offset - in->offset <= in_size(in)) {
		in_consume(in, (size_t)(offset - in->offset));
		return;
	}
	if (lseek(in->fd, (off_t)offset, SEEK_SET) < 0)
		msg_die_errno("%s", in->name);
	in->start = in->end = 0;
	in->offset = offset;
	in->eof = false;
}
