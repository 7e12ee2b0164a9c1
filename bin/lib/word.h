/*
 * Eight bytes of text at a time, in a word: is there one of a kind among them? Subtracting
 * borrows from the top bit of a byte that is too small, which that byte itself lacks. Source:
 * S. E. Anderson, "Bit Twiddling Hacks", "Determine if a word has a byte less than n".
 */
#ifndef WORD_H
#define WORD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WORD_ONES UINT64_C(0x0101010101010101)
#define WORD_TOPS (WORD_ONES << 7)

static inline uint64_t
word_at(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof word);
	return word;
}

/* A byte below limit, which is at most 0x80? */
static inline bool
word_has_below(uint64_t word, unsigned char limit)
{
	return ((word - WORD_ONES * limit) & ~word & WORD_TOPS) != 0;
}

static inline bool
word_has(uint64_t word, unsigned char byte)
{
	return word_has_below(word ^ WORD_ONES * byte, 1);
}

/* A byte that is no ASCII? */
static inline bool
word_has_high(uint64_t word)
{
	return (word & WORD_TOPS) != 0;
}

#endif
