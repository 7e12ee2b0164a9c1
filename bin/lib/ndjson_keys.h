/*
 * The keys of a record: no two may be the same. They are mostly those of the record before, so
 * that is looked at first, and later filters need not look again (keys in ndjson.h).
 */
#ifndef NDJSON_KEYS_H
#define NDJSON_KEYS_H

#include "ndjson.h"

/* Sets r->keys for its members; NULL, or the code for what is wrong with them. */
const char *ndjson_keys_check(struct ndjson_record *r);

#endif
