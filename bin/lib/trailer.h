/*
 * The trailer of a stream of bytes: one line behind the last byte,
 *
 *   NUL "_end bytes=" N " crc32=" X LF
 *
 * N decimal, the bytes of the data; X their CRC-32 (that of zip, RFC 1952), 8 lower-case
 * hexadecimal digits. unzipper writes it only when the member proved whole, and csv2ndjson
 * holds it against what arrived, so a pipe cannot be cut short unseen.
 *
 * In such a stream each NUL of the data is written twice, which N and X do not count. So a
 * NUL with another byte behind it begins the trailer, and no data can be taken for one,
 * wherever the stream is cut.
 */
#ifndef TRAILER_H
#define TRAILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRAILER_MAX = 64 }; /* no trailer is longer */

/* Writes a trailer, without a final NUL; returns its length. */
size_t trailer_format(char out[TRAILER_MAX], uint64_t bytes, uint32_t crc);

/*
 * Looks for a trailer at the very end of tail[0..n), n being at most TRAILER_MAX last bytes
 * of a stream. Returns its length, or 0 if there is none.
 */
size_t trailer_find(const char *tail, size_t n, uint64_t *bytes, uint32_t *crc);

#endif
