// lib/div64.c - 64-bit division, for the kernel and for programs.
//
// The i386 divides 64 bits by 32.  To divide by 64 bits, compilers call the
// functions below, which would be in the compiler's own library; JOS does not
// link that.  All of them are based on __udivmoddi4.

#include <inc/types.h>

uint64_t __udivmoddi4(uint64_t n, uint64_t d, uint64_t *rem);
uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
int64_t __divmoddi4(int64_t n, int64_t d, int64_t *rem);
int64_t __divdi3(int64_t n, int64_t d);
int64_t __moddi3(int64_t n, int64_t d);

// One divl instruction: (*rem * 2^32 + low) / d, which must fit into 32 bits,
// so *rem must be less than d.  Stores the new remainder in *rem.  Traps if d
// is 0, as it should.
static uint32_t
div_step(uint32_t *rem, uint32_t low, uint32_t d)
{
	uint32_t quot;

	__asm__("divl %3"
		: "=a" (quot), "+d" (*rem)
		: "0" (low), "rm" (d)
		: "cc");
	return quot;
}

// Long division, with two digits to base 2^32.
static uint64_t
div_by_word(uint64_t n, uint32_t d, uint64_t *rem)
{
	uint32_t r = 0;
	uint32_t high = div_step(&r, n >> 32, d);
	uint32_t low = div_step(&r, (uint32_t) n, d);

	*rem = r;
	return (uint64_t) high << 32 | low;
}

// Binary long division.  d is at least 2^32, so the quotient has at most 32
// bits.
static uint64_t
div_by_long(uint64_t n, uint64_t d, uint64_t *rem)
{
	uint32_t bit = 1;
	uint32_t quot = 0;

	while (d <= n && !(d >> 63)) {
		d <<= 1;
		bit <<= 1;
	}
	for (; bit != 0; bit >>= 1, d >>= 1) {
		if (n >= d) {
			n -= d;
			quot |= bit;
		}
	}
	*rem = n;
	return quot;
}

uint64_t
__udivmoddi4(uint64_t n, uint64_t d, uint64_t *rem)
{
	uint64_t r;
	uint64_t quot = d >> 32 ? div_by_long(n, d, &r)
				: div_by_word(n, (uint32_t) d, &r);

	if (rem != NULL)
		*rem = r;
	return quot;
}

uint64_t
__udivdi3(uint64_t n, uint64_t d)
{
	return __udivmoddi4(n, d, NULL);
}

uint64_t
__umoddi3(uint64_t n, uint64_t d)
{
	uint64_t rem;

	__udivmoddi4(n, d, &rem);
	return rem;
}

static uint64_t
magnitude(int64_t n)
{
	return n < 0 ? -(uint64_t) n : (uint64_t) n;
}

// C rounds towards zero; the remainder has the sign of n.
int64_t
__divmoddi4(int64_t n, int64_t d, int64_t *rem)
{
	uint64_t r;
	uint64_t quot = __udivmoddi4(magnitude(n), magnitude(d), &r);

	if (rem != NULL)
		*rem = n < 0 ? -r : r;
	return (n < 0) != (d < 0) ? -quot : quot;
}

int64_t
__divdi3(int64_t n, int64_t d)
{
	return __divmoddi4(n, d, NULL);
}

int64_t
__moddi3(int64_t n, int64_t d)
{
	int64_t rem;

	__divmoddi4(n, d, &rem);
	return rem;
}
