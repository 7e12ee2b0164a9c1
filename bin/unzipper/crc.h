/*
 * The CRC-32 of zip, going on from crc (0 at the beginning), the same as zlib's. Where the
 * processor multiplies without carries it is five times as fast as zlib 1.2.13's, which would
 * cost a tenth of the time of unpacking.
 */
#ifndef CRC_H
#define CRC_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc_update(uint32_t crc, const unsigned char *p, size_t n);

#endif
