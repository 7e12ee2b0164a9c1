/*
 * One member unpacked: bytes from the window, through inflate or not, to where the work wants
 * them, in large blocks. CRC-32 and sizes are those of the bytes produced and consumed.
 */
#ifndef MEMBER_H
#define MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "in.h"
#include "zip.h"

struct work;
struct unpacker;

struct unpacked {
	uint64_t compressed, size;
	uint32_t crc;
};

/* Unpacks from in, which stays the caller's. */
struct unpacker *unpacker_open(struct in *in);

/*
 * Unpacks the member whose bytes begin at the window's start, and consumes those, no more.
 * sized: e's sizes are known, and no more than they say is consumed or produced; if not, the
 * compressed data must show its own end. w NULL: the bytes go nowhere.
 */
struct unpacked unpacker_run(
    struct unpacker *u, const struct zip_entry *e, bool sized, struct work *w);

/* Ends the program unless e promised what was produced. */
void unpacked_check(const struct unpacked *got, const struct zip_entry *e);

void unpacker_close(struct unpacker *u);

#endif
