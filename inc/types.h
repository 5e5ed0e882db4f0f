// inc/types.h - integer types of fixed size, and a few macros.

#ifndef JOS_INC_TYPES_H
#define JOS_INC_TYPES_H

#ifndef NULL
#define NULL ((void *) 0)
#endif

typedef _Bool bool;
enum { false, true };

typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;

// Addresses as numbers, of 32 bits.  Physical addresses have a type of their
// own, so that a reader can tell them from virtual ones.
typedef int32_t intptr_t;
typedef uint32_t uintptr_t;
typedef uint32_t physaddr_t;
typedef uint32_t ppn_t;			// physical page number

typedef uint32_t size_t;
typedef int32_t ssize_t;
typedef int32_t off_t;			// byte offset in a file

// Each argument is evaluated once.
#define MIN(a, b) ({					\
	__typeof__(a) min_a = (a);			\
	__typeof__(b) min_b = (b);			\
	min_a < min_b ? min_a : min_b;			\
})
#define MAX(a, b) ({					\
	__typeof__(a) max_a = (a);			\
	__typeof__(b) max_b = (b);			\
	max_a > max_b ? max_a : max_b;			\
})

// Round a down, or up, to a multiple of n.  The result has a's type, which may
// be a pointer.  ROUNDUP wraps to 0 at the end of memory.
#define ROUNDDOWN(a, n) ({				\
	uint32_t down_a = (uint32_t) (a);		\
	(__typeof__(a)) (down_a - down_a % (n));	\
})
#define ROUNDUP(a, n) ({				\
	uint32_t up_n = (uint32_t) (n);			\
	(__typeof__(a)) ROUNDDOWN((uint32_t) (a) + up_n - 1, up_n);	\
})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif

// For a function that is called so often that a call would cost too much
#define ALWAYS_INLINE	static inline __attribute__((always_inline))

#endif // JOS_INC_TYPES_H
