/* Memory, or the end of the program with EX_IOERR. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* count objects of size bytes, all zero. */
void *memory_new(size_t count, size_t size);

/* A copy of a text. */
char *memory_copy(const char *text);

#endif
