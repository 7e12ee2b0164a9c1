/*
 * -l: the members as NDJSON, in the order of the central directory:
 *
 *   {"name","size","compressed","crc32","method","mtime"}
 *
 * crc32 is 8 hexadecimal digits; method "stored", "deflate" or its number as a string; mtime
 * the time as it stands there, without a zone; null where the date has no month or no day.
 */
#ifndef LIST_H
#define LIST_H

#include "catalog.h"
#include "select.h"

void list_print(const struct catalog *c, const struct select *s);

#endif
