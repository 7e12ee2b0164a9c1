/*
 * The records of a zip file (PKWARE APPNOTE 6.3), bytes to numbers. Nothing here reads files:
 * the caller holds a whole record in memory. All numbers in a zip are little-endian; sizes and
 * offsets that need 64 bits are marked by all-ones and stand in an extra field. A record that
 * contradicts itself ends the program by fault().
 */
#ifndef ZIP_H
#define ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ZIP_LOCAL = 0x04034b50, /* "PK\3\4", read as a number */
	ZIP_CENTRAL = 0x02014b50,
	ZIP_END = 0x06054b50,
	ZIP_END64 = 0x06064b50,
	ZIP_LOCATOR = 0x07064b50,
	ZIP_DESCRIPTOR = 0x08074b50,
	ZIP_MARKER = 0x30304b50, /* "PK00": spanning was possible, yet there is one disk */

	ZIP_LOCAL_SIZE = 30, /* the fixed parts */
	ZIP_CENTRAL_SIZE = 46,
	ZIP_END_SIZE = 22,
	ZIP_END64_SIZE = 56,
	ZIP_LOCATOR_SIZE = 20,
	ZIP_DESCRIPTOR_MAX = 24,
	ZIP_MARKER_SIZE = 4,

	ZIP_STORED = 0,
	ZIP_DEFLATE = 8
};

/* What a local header or a central entry says of a member. */
struct zip_entry {
	uint64_t offset; /* of the local header in the archive */
	uint64_t data;   /* of the member's first byte */
	uint64_t compressed, size;
	const char *name; /* where it was parsed; in a catalog a C string of its own */
	uint32_t crc, name_len;
	uint16_t method, flags, time, date;
	bool listed; /* the central directory has named it */
};

static inline uint16_t
zip_u16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
zip_u32(const unsigned char *p)
{
	return zip_u16(p) | (uint32_t)zip_u16(p + 2) << 16;
}

static inline uint64_t
zip_u64(const unsigned char *p)
{
	return zip_u32(p) | (uint64_t)zip_u32(p + 4) << 32;
}

/* May that signature stand before the first header (APPNOTE 8.5.3 and 8.5.4)? */
static inline bool
zip_is_marker(uint32_t signature)
{
	return signature == ZIP_MARKER || signature == ZIP_DESCRIPTOR;
}

/* The whole size of the local header (central entry) whose fixed part is at p. */
size_t zip_local_size(const unsigned char *p);
size_t zip_central_size(const unsigned char *p);

/* Reads the whole local header (central entry) at p. offset, data, listed: not in a local. */
void zip_local(const unsigned char *p, struct zip_entry *e);
void zip_central(const unsigned char *p, struct zip_entry *e);

/* Do CRC and sizes stand behind the data, in a descriptor? */
bool zip_has_descriptor(const struct zip_entry *e);

/* Are the 12, 16, 20 or 24 bytes at p a data descriptor that says the same as e? */
bool zip_descriptor_agrees(const unsigned char *p, size_t size, const struct zip_entry *e);

/*
 * Ends the program unless the local header says the same as a better witness: the central
 * entry, or what was found on unpacking.
 */
void zip_hold_against(const struct zip_entry *local, const struct zip_entry *better);

/* Ends the program if the member cannot be unpacked: encrypted, or an unknown method. */
void zip_refuse_foreign(const struct zip_entry *e);

/* A folder is a member without bytes whose name ends in a slash. */
bool zip_is_folder(const struct zip_entry *e);

#endif
