/* The checks behind value_append: NULL if the text is fine, else the reject code. */
#ifndef VALUE_CHECK_H
#define VALUE_CHECK_H

#include "value.h"

const char *value_check_integer(enum value_type type, const char *s, size_t n);
const char *value_check_numeric(const struct value_type_info *type, const char *s, size_t n);
const char *value_check_float(enum value_type type, const char *s, size_t n);
const char *value_check_date(const char *s, size_t n);
const char *value_check_timestamp(const struct value_type_info *type, const char *s, size_t n);

/* A whole number, [+-]digits; false if the text is of another form. *beyond: it exceeds
 * int64_t, and *value holds nothing of use. */
bool value_scan_integer(const char *s, size_t n, int64_t *value, bool *beyond);

/* Seconds since 1970-01-01 00:00 UTC as an ISO timestamp; false outside of years 1 to 9999. */
bool value_put_epoch(struct buf *b, int64_t seconds);

#endif
