/*
 * Eight bytes of text at a time, in a word: copied, compared, is there one of a kind among
 * them? Nothing beyond the text is read. As for the last: subtracting borrows from the top bit
 * of a byte that is too small, which that byte itself lacks. Source: S. E. Anderson, "Bit
 * Twiddling Hacks", "Determine if a word has a byte less than n".
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

/* The bytes of a text shorter than a word, some of them twice and more: for asking about any
 * of them, or whether two of one length are the same. */
static inline uint64_t
word_of(const char *p, size_t n)
{
	uint32_t first, last;

	if (n >= sizeof first) {
		memcpy(&first, p, sizeof first);
		memcpy(&last, p + n - sizeof last, sizeof last);
		return first | (uint64_t)last << 32;
	}
	if (n == 0)
		return WORD_ONES * ' ';
	return (WORD_ONES << 16) * (unsigned char)p[0] |
	       (uint64_t)(unsigned char)p[n / 2] << 8 | (unsigned char)p[n - 1];
}

/* Whether two texts of that length are the same, where a call of memcmp would cost more. */
static inline bool
word_equal(const char *a, const char *b, size_t n)
{
	size_t i;

	if (n < sizeof(uint64_t))
		return word_of(a, n) == word_of(b, n);
	for (i = 0; n - i > sizeof(uint64_t); i += sizeof(uint64_t))
		if (word_at(a + i) != word_at(b + i))
			return false;
	return word_at(a + n - sizeof(uint64_t)) == word_at(b + n - sizeof(uint64_t));
}

/* memcpy of what is mostly short, where the call would cost more than the copy. */
static inline void
word_copy(char *to, const char *from, size_t n)
{
	uint64_t first, last;
	uint32_t few[2];

	if (n > 2 * sizeof first) {
		memcpy(to, from, n);
	} else if (n >= sizeof first) {
		first = word_at(from);
		last = word_at(from + n - sizeof last);
		memcpy(to, &first, sizeof first);
		memcpy(to + n - sizeof last, &last, sizeof last);
	} else if (n >= sizeof few[0]) {
		memcpy(&few[0], from, sizeof few[0]);
		memcpy(&few[1], from + n - sizeof few[1], sizeof few[1]);
		memcpy(to, &few[0], sizeof few[0]);
		memcpy(to + n - sizeof few[1], &few[1], sizeof few[1]);
	} else if (n > 0) {
		to[0] = from[0];
		to[n / 2] = from[n / 2];
		to[n - 1] = from[n - 1];
	}
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
