/* A record and its fields: see record.h. */
#include "record.h"

#include <stdlib.h>

#include "msg.h"

void
record_open(struct record *r, size_t room)
{
	*r = (struct record){.room = room};
	r->fields = calloc(room, sizeof *r->fields);
	if (r->fields == NULL)
		msg_die_errno("memory: %zu fields", room);
	buf_reserve(&r->text, 1); /* so that an empty field points somewhere */
}

void
record_add(struct record *r, const void *text, size_t len)
{
	if (r->count < r->room) {
		r->fields[r->count] = (struct field){r->text.len, len};
		buf_put(&r->text, text, len);
	}
	r->count++;
}

void
record_close(struct record *r)
{
	free(r->fields);
	buf_free(&r->text);
}
