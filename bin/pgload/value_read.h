/*
 * From a value's text to what it means, for the formats to spell. The readers return NULL if
 * the text is fine, else the reject code.
 */
#ifndef VALUE_READ_H
#define VALUE_READ_H

#include "value.h"

enum { SECONDS_PER_DAY = 86400 };

#define MICROS INT64_C(1000000) /* in a second */

/* A scanned decimal: where its digits stand, as powers of ten. */
struct decimal {
	bool zero, negative;
	int64_t first;     /* of the first digit that is written */
	int64_t high, low; /* of the first and the last digit that is not 0 */
	int64_t decimals;  /* as written: what the server takes for the display scale */
	bool huge;         /* the exponent is out of all bounds */
};

struct value {
	int64_t number; /* a whole number; 0 or 1; days or microseconds from 1970-01-01 UTC */
	size_t len;     /* of an integer's text, without a fraction of zeros */
	int64_t day;    /* of a date or timestamp that is not ISO 8601's: from 1970, */
	size_t day_len; /* and the bytes of the text that give it; else 0 */
	bool is_epoch;  /* a timestamptz that was given in seconds */
	double real;
	struct decimal decimal;
};

const char *value_read_integer(enum value_type type, const char *s, size_t n, struct value *v);
const char *value_read_numeric(
    const struct value_type_info *type, const char *s, size_t n, struct value *v);
const char *value_read_float(enum value_type type, const char *s, size_t n, struct value *v);
const char *value_read_date(const char *s, size_t n, struct value *v);
const char *value_read_timestamp(
    const struct value_type_info *type, const char *s, size_t n, struct value *v);

/* A whole number, [+-]digits; false if the text is of another form. *beyond: it exceeds
 * int64_t, and *value holds nothing of use. */
bool value_scan_integer(const char *s, size_t n, int64_t *value, bool *beyond);

/* Appends the field, v being what s[0..n) means. */
void value_put_text(struct buf *b, const struct value_type_info *type, const char *s, size_t n,
    const struct value *v);
void value_put_binary(struct buf *b, const struct value_type_info *type, const char *s,
    size_t n, const struct value *v);

#endif
