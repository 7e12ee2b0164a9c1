/*
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The number of leading bytes of s[0..n) that are whole, valid characters; n if all are. */
size_t utf8_valid(const char *s, size_t n);

/* Writes one code point (not a surrogate, at most U+10FFFF); returns 1 to 4 bytes. */
size_t utf8_encode(uint32_t code, char out[4]);

#endif
