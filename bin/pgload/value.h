/*
 * One value's text against one PostgreSQL type. What passes, the server takes with equal
 * value; the accepted forms are a documented subset of what it reads (see pgload.1), chosen
 * so that no setting of the server or the session changes their meaning. None of this holds
 * for VALUE_OTHER: there the server may refuse, cut or round.
 *
 * This is the only place that knows how COPY's text format spells a value: another format
 * needs other bodies behind value_append and value_append_null, nothing else.
 */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum value_type {
	VALUE_SMALLINT,
	VALUE_INTEGER,
	VALUE_BIGINT,
	VALUE_NUMERIC,
	VALUE_REAL,
	VALUE_DOUBLE,
	VALUE_BOOLEAN,
	VALUE_DATE,
	VALUE_TIMESTAMP,
	VALUE_TIMESTAMPTZ,
	VALUE_TEXT,
	VALUE_OTHER /* goes as text; only the server can check it */
};

struct value_type_info {
	enum value_type type;
	bool limited;            /* numeric(p,s), timestamp(s), timestamptz(s) or varchar(n) */
	int precision, scale;    /* decimals are at most scale */
	uint32_t max_characters; /* of a limited varchar */
};

/*
 * Appends text[0..len) as a value of the type. False if it is none: *code says why and b has
 * what it had. The byte behind the text must be readable and must not continue a number
 * (a string's NUL, a comma or a bracket of JSON do not).
 */
bool value_append(struct buf *b, const struct value_type_info *type, const char *text,
    size_t len, const char **code);

void value_append_null(struct buf *b);

/* What a code means, for a person. */
const char *value_reason(const char *code);

#endif
