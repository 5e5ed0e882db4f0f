// kern/debug/random.h - numbers that only look random, and are the same for the
// same seed.

#ifndef JOS_KERN_DEBUG_RANDOM_H
#define JOS_KERN_DEBUG_RANDOM_H

#include <inc/types.h>

// What series number i of this seed begins with; not 0
static inline uint32_t
random_begin(uint32_t seed, uint32_t i)
{
	return (seed * 16 + i) * 2654435761u | 1;
}

// Marsaglia's xorshift; it never comes to 0.
static inline uint32_t
random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif // JOS_KERN_DEBUG_RANDOM_H
