/* Between the parts of ndjson: one line becomes a record. */
#ifndef NDJSON_RECORD_H
#define NDJSON_RECORD_H

#include "ndjson.h"

/* May it stand between the values of a line (RFC 8259, section 2; the LF ends the line)? */
static inline bool
ndjson_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Parses r->line, r->len bytes with at least one behind them; sets the rest but the position.
 */
void ndjson_record_parse(struct ndjson_record *r);

/* What is wrong with the bytes of a line, as far as cJSON would not say: a code, or NULL. */
const char *ndjson_find_fault(const char *s, size_t len);

/* The reason for bad-json: what is wrong with the line and, where a frequent mistake is seen,
 * what helps. */
const char *ndjson_explain_bad_json(const char *s, size_t len);

/* Marks the line as no record, with a code of ndjson_in_next. */
void ndjson_record_spoil(struct ndjson_record *r, const char *code);

#endif
