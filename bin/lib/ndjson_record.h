/* Between the parts of ndjson: one line becomes a record. */
#ifndef NDJSON_RECORD_H
#define NDJSON_RECORD_H

#include "ndjson.h"

/* Parses r->line, r->len bytes with at least one behind them; sets the rest but the position.
 */
void ndjson_record_parse(struct ndjson_record *r);

/* Marks the line as no record, with a code of ndjson_in_next. */
void ndjson_record_spoil(struct ndjson_record *r, const char *code, const char *reason);

#endif
