/* Putting torn records together: see rejoin.h. */
#include "rejoin.h"

bool
rejoin_begins(const struct record *r, size_t whole)
{
	return r->kind == RECORD_FIELDS && r->count > 1 && r->count < whole;
}

bool
rejoin_fits(const struct record *first, const struct record *second, size_t whole, size_t max)
{
	return rejoin_begins(second, whole) && first->count + second->count - 1 == whole &&
	       first->len + first->end + second->len <= max;
}

static const char *
text(const struct record *r, size_t field)
{
	return r->text.data + r->fields[field].start;
}

static void
copy(struct record *to, const struct record *from, size_t low, size_t high)
{
	for (; low < high; low++)
		record_add(to, text(from, low), from->fields[low].len);
}

void
rejoin_join(struct record *joined, const struct record *first, const struct record *second,
    const char *gap)
{
	size_t torn = first->count - 1;

	joined->kind = RECORD_FIELDS;
	joined->number = first->number;
	joined->line = first->line;
	joined->offset = first->offset;
	joined->len = first->len + first->end + second->len;
	joined->end = second->end;
	joined->count = 0;
	buf_clear(&joined->text);
	copy(joined, first, 0, torn + 1);
	buf_put(&joined->text, gap, first->end);
	buf_put(&joined->text, text(second, 0), second->fields[0].len);
	joined->fields[torn].len += first->end + second->fields[0].len;
	copy(joined, second, 1, second->count);
}
