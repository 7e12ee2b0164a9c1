/*
 * The CRC-32 of zip: see crc.h. 64 bytes at a time are folded as in Gopal et al., "Fast CRC
 * Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009); zlib does
 * the last 16 bytes of the fold, and what is too short for it.
 */
#include "crc.h"

#include <zlib.h>

enum { LANE = 16, BLOCK = 4 * LANE };

static uint32_t
plain(uint32_t crc, const unsigned char *p, size_t n)
{
	return (uint32_t)crc32_z(crc, p, n);
}

#ifdef __x86_64__
#include <immintrin.h>

#define FOLDS __attribute__((target("pclmul,sse2")))

static inline FOLDS __m128i
load(const unsigned char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Moves x ahead by the distance that k stands for, onto the bytes `next`. */
static inline FOLDS __m128i
fold(__m128i x, __m128i k, __m128i next)
{
	__m128i low = _mm_clmulepi64_si128(x, k, 0x00),
		high = _mm_clmulepi64_si128(x, k, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* n is a multiple of BLOCK, at least one. */
static FOLDS uint32_t
folded(uint32_t crc, const unsigned char *p, size_t n)
{
	/* x^(512+32), x^(512-32) and x^(128+32), x^(128-32) modulo the polynomial, reflected
	 */
	const __m128i by_block = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
	const __m128i by_lane = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
	const unsigned char *end = p + n;
	unsigned char rest[LANE];
	__m128i a, b, c, d;

	a = _mm_xor_si128(load(p), _mm_cvtsi32_si128((int)~crc));
	b = load(p + LANE);
	c = load(p + 2 * LANE);
	d = load(p + 3 * LANE);
	for (p += BLOCK; p < end; p += BLOCK) {
		a = fold(a, by_block, load(p));
		b = fold(b, by_block, load(p + LANE));
		c = fold(c, by_block, load(p + 2 * LANE));
		d = fold(d, by_block, load(p + 3 * LANE));
	}
	d = fold(fold(fold(a, by_lane, b), by_lane, c), by_lane, d);
	_mm_storeu_si128((__m128i *)(void *)rest, d);
	return plain(UINT32_MAX, rest, LANE);
}

uint32_t
crc_update(uint32_t crc, const unsigned char *p, size_t n)
{
	size_t whole = n - n % BLOCK;

	if (whole == 0 || !__builtin_cpu_supports("pclmul"))
		return plain(crc, p, n);
	crc = folded(crc, p, whole);
	return plain(crc, p + whole, n - whole);
}

#else

uint32_t
crc_update(uint32_t crc, const unsigned char *p, size_t n)
{
	return plain(crc, p, n);
}

#endif
