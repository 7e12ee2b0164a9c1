/* The trailer of a stream of bytes: see trailer.h. */
#include "trailer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t
trailer_format(char out[TRAILER_MAX], uint64_t bytes, uint32_t crc)
{
	int n = snprintf(out + 1, TRAILER_MAX - 1,
	    "_end bytes=%" PRIu64 " crc32=%08" PRIx32 "\n", bytes, crc);

	out[0] = '\0';
	return (size_t)n + 1;
}

/*
 * What stands between the last NUL and the end is read leniently, formatted anew and compared:
 * only the one way of writing a trailer is one.
 */
size_t
trailer_find(const char *tail, size_t n, uint64_t *bytes, uint32_t *crc)
{
	char text[TRAILER_MAX + 1], again[TRAILER_MAX];
	size_t start = n, len;

	if (n > TRAILER_MAX)
		return 0;
	while (start > 0 && tail[start - 1] != '\0')
		start--;
	if (start == 0)
		return 0;
	memcpy(text, tail + start, n - start);
	text[n - start] = '\0';
	if (sscanf(text, "_end bytes=%20" SCNu64 " crc32=%8" SCNx32, bytes, crc) != 2)
		return 0;
	len = trailer_format(again, *bytes, *crc);
	start--;
	return len == n - start && memcmp(again, tail + start, len) == 0 ? len : 0;
}
