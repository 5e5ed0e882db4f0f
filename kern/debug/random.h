// kern/debug/random.h - pseudo-random numbers; a seed gives them again.

#ifndef JOS_KERN_DEBUG_RANDOM_H
#define JOS_KERN_DEBUG_RANDOM_H

#include <inc/types.h>

// The first state of series i from this seed; never 0
static inline uint32_t
random_begin(uint32_t seed, uint32_t i)
{
	return (seed * 16 + i) * 2654435761u | 1;
}

// Marsaglia's xorshift, which never yields 0
static inline uint32_t
random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif // JOS_KERN_DEBUG_RANDOM_H
