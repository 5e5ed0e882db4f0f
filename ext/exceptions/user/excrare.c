// ext/exceptions/user/excrare.c - exceptions that programs hardly ever see.
//
// T_DEVICE is the kernel's, which then loads the floating-point registers; the
// program gets it if there is no memory for them.  T_SEGNP and T_STACK need a
// segment that is not present, or that has an end: no selector leads to one,
// as this program finds out by loading them all.

#include <ext/exceptions/user/catch.h>

#define NSELECTORS	0x400		// the last ones are behind the GDT

// The handler changes nothing, so the instruction is repeated, and there is
// memory then.
static void
test_device(void)
{
	catch(T_DEVICE);
	resume = 0;
	count = 0;
	if (sys_debug(DEBUG_FAIL_ALLOC, 1) < 0)
		panic("needs DEBUG=check");
	__asm__ volatile("fninit");
	sys_debug(DEBUG_FAIL_ALLOC, 0);
	if (count != 1 || seen.utf_fault_va != T_DEVICE)
		panic("%d times trap %d", count, seen.utf_fault_va);
	cprintf("device: caught trap %d, and repeated\n", T_DEVICE);
}

extern char behind_gs[], behind_ss[];

static void
load_gs(uint16_t selector)
{
	resume = (uintptr_t) behind_gs;
	__asm__ volatile("movw %0, %%gs\nbehind_gs:" : : "r" (selector)
		: "memory");
}

static void
load_ss(uint16_t selector)
{
	resume = (uintptr_t) behind_ss;
	__asm__ volatile("movw %0, %%ss\nbehind_ss:" : : "r" (selector)
		: "memory");
}

// Load all selectors.  Returns how many were not refused, and panics if one was
// but by T_GPFLT, which names it.
static int
load_all(void (*load)(uint16_t selector))
{
	int loaded = 0;

	for (uint32_t selector = 0; selector < NSELECTORS; selector++) {
		count = 0;
		load(selector);
		if (count == 0)
			loaded++;
		else if (count != 1 || seen.utf_fault_va != T_GPFLT
		    || seen.utf_err != (selector & ~3))
			panic("selector %x: %d times trap %d, error %x",
				selector, count, seen.utf_fault_va,
				seen.utf_err);
	}
	return loaded;
}

static void
test_selectors(void)
{
	catch(T_GPFLT);
	catch(T_SEGNP);
	catch(T_STACK);

	// Four null selectors, and those of the program's code and data: with
	// all levels of privilege that may ask for a segment of level 3
	const int gs = load_all(load_gs), ss = load_all(load_ss);

	load_gs(GD_UD | 3);
	cprintf("loaded: gs %d, ss %d; no other trap than %d\n", gs, ss,
		T_GPFLT);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_device();
	test_selectors();
	cprintf("excrare ok\n");
}
