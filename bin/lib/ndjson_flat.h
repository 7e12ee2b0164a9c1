/*
 * The lines that most streams are made of, read without cJSON: an object of strings, whole
 * numbers, true, false and null, with no blank and no escape, as our own filters write it. For
 * a short line like a rating's cJSON would be more than half of what pgload does.
 */
#ifndef NDJSON_FLAT_H
#define NDJSON_FLAT_H

#include "ndjson.h"

/*
 * Reads r->line, in which ndjson_find_fault has found nothing. True: object, members, count
 * and texts are those that the cJSON way would have given. False: the line is of another form,
 * or is none, and nothing of r is set that counts.
 */
bool ndjson_flat_parse(struct ndjson_record *r);

#endif
