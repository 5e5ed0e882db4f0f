// tests/test-san.c - a program that does, in a child each, what C leaves
// undefined.  tests/test-san builds and runs it; with SAN=1 each child ends
// with a report, and none says that it went on.

#include <inc/lib.h>

static volatile int max = 0x7FFFFFFF, min = -0x7FFFFFFF - 1, forty = 40;
static volatile int zero = 0, minus = -1;
static volatile int result;
static int table[4];
static char bytes[8] __attribute__((aligned(4)));

static void overflow_add(void) { result = max + 1; }
static void overflow_sub(void) { result = min - 1; }
static void overflow_mul(void) { result = max * 2; }
static void overflow_neg(void) { result = -min; }
static void divide_zero(void) { result = 1 / zero; }
static void divide_min(void) { result = min / minus; }
static void shift_far(void) { result = 1 << forty; }
static void shift_negative(void) { result = 1 << minus; }
static void index_high(void) { result = table[forty]; }
static void null(void) { result = *(int *) zero; }
static void misaligned(void) { result = *(int *) (bytes + 1 + zero); }
static void not_bool(void) { bytes[0] = 2; result = *(bool *) bytes; }

static void
vla(void)
{
	char array[minus];

	result = (int) array;
}

static void
unreachable(void)
{
	if (zero == 0)
		__builtin_unreachable();
}

static void (*const wrongs[])(void) = {
	overflow_add, overflow_sub, overflow_mul, overflow_neg, divide_zero,
	divide_min, shift_far, shift_negative, index_high, null, misaligned,
	not_bool, vla, unreachable,
};

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);
	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		envid_t child = fork();

		if (child == 0) {
			wrongs[i]();
			cprintf("number %d went unnoticed\n", i);
			exit();
		}
		wait(child);
	}
	cprintf("%d children were wrong\n", ARRAY_SIZE(wrongs));
}
