/*
 * One value's text against one PostgreSQL type. What passes, the server takes with equal
 * value; the accepted forms are a documented subset of what it reads (see pgload.1), chosen
 * so that no setting of the server or the session changes their meaning. None of this holds
 * for VALUE_OTHER: there the server may refuse, cut or round.
 *
 * A value is read once (value_read.h) and spelled in one of COPY's two formats, in
 * value_text.c or value_binary.c.
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
	VALUE_OTHER /* goes as text, in the text format; only the server can check it */
};

struct value_type_info {
	enum value_type type;
	bool limited;            /* numeric(p,s), timestamp(s), timestamptz(s) or varchar(n) */
	int precision, scale;    /* decimals are at most scale */
	uint32_t max_characters; /* of a limited varchar */
};

enum value_format { VALUE_AS_TEXT, VALUE_AS_BINARY };

/* How dates are written: ISO 8601, or also month (day), day (month), year, as Excel does. */
enum value_dates { VALUE_ISO, VALUE_MDY, VALUE_DMY };

/* Which it is from now on, for all values; ISO without this call. */
void value_set_dates(enum value_dates order);

/* What to add to the reason for a text that was refused: an option that might help, or "". */
const char *value_hint(const char *code, const char *text, size_t len);

/*
 * Appends text[0..len) as a field of the type. False if it is none: *code says why and b has
 * what it had. The byte behind the text must be readable and must not continue a number
 * (a string's NUL, a comma or a bracket of JSON do not).
 */
bool value_append(struct buf *b, enum value_format format, const struct value_type_info *type,
    const char *text, size_t len, const char **code);

void value_append_null(struct buf *b, enum value_format format);

/* What a code means, for a person. */
const char *value_reason(const char *code);

#endif
