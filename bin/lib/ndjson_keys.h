/*
 * The keys of a record: no two may be the same. They are mostly those of the record before, so
 * that is looked at first, and later filters need not look again (keys in ndjson.h).
 */
#ifndef NDJSON_KEYS_H
#define NDJSON_KEYS_H

#include "ndjson.h"

/*
 * The key that the record before has at that place, if the text, of so many bytes, begins with
 * it and a closing quote; else NULL. To be asked in the order of the places, and no more once
 * one was NULL. What it returns stays as it is until the next record's keys are checked.
 */
char *ndjson_keys_expect(size_t place, const char *text, size_t room, size_t *len);

/* Sets r->keys for its members; NULL, or the code for what is wrong with them. */
const char *ndjson_keys_check(struct ndjson_record *r);

#endif
