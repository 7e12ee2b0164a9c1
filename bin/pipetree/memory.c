/* Memory: see memory.h. */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include "msg.h"

void *
memory_new(size_t count, size_t size)
{
	void *p = calloc(count, size);

	if (p == NULL)
		msg_die_errno("memory");
	return p;
}

char *
memory_copy(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		msg_die_errno("memory");
	return copy;
}
