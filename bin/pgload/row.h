/* One record as a row of COPY, in the mapping's format, or the reason why it is none. */
#ifndef ROW_H
#define ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "mapping.h"
#include "ndjson.h"
#include "reject.h"

struct row {
	const struct mapping *mapping;
	bool numbered;  /* each row opens with its place among the rows, from 1 */
	uint64_t count; /* rows made so far */
	uint64_t keys;  /* of the records that members is for; 0: none yet */
	int members[NDJSON_MEMBERS_MAX]; /* for each column, its member of the record */
	struct buf reason;               /* of the last reject */
};

/* Appends the row to b. False if a value or a key is bad: b has what it had, *why says. */
bool row_append(
    struct row *row, const struct ndjson_record *r, struct buf *b, struct reject *why);

#endif
