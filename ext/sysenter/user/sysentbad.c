// ext/sysenter/user/sysentbad.c - programs that execute SYSENTER with registers
// that no honest one has.  Some go on, some end; the kernel lives.

#include <tests/user/test.h>

#include <ext/sysenter/sysenter.h>

static volatile bool *const went_on = (volatile bool *) 0x10000000;

// Call `number' with this return address and stack pointer, after `before'.
// Sets `result' to eax if the call returns to label 2.
#define SYSENTER(before, number, eip, esp, result)			\
	__asm__ volatile(						\
		"pushl %%ebp\n\t"					\
		"movl %%esp, saved_esp\n\t"				\
		"movl " esp ", %%ebp\n\t"				\
		"movl " eip ", %%esi\n\t"				\
		before "\n\t"						\
		"sysenter\n\t"						\
		"int $0x30\n"						\
		"2:\tmovl %%ss:saved_esp, %%esp\n\t"			\
		"popl %%ebp\n\t"					\
		"pushl %%ss; popl %%ds\n\t"				\
		"pushl %%ss; popl %%es\n\t"				\
		"cld\n\t"						\
		: "=a" (result) : "0" (number), "d" (0), "c" (0), "b" (0), \
		  "D" (0) : "esi", "memory", "cc")

uint32_t saved_esp;

#define FLAGS(bits)	"pushfl; orl $" #bits ", (%%esp); popfl"
#define HERE		"$2f"

static int
misbehave(int how)
{
	int r = -1;

	switch (how) {
	case 0:
		SYSENTER("nop", SYS_getenvid, HERE, "%%esp", r);
		break;
	case 1:				// odd stack pointer
		SYSENTER("nop", SYS_getenvid, HERE, "$0xeebfdff3", r);
		break;
	case 2:				// NT, by both ways out
		SYSENTER(FLAGS(0x4000), SYS_getenvid, HERE, "%%esp", r);
		SYSENTER(FLAGS(0x4000), SYS_yield, HERE, "%%esp", r);
		r = sys_getenvid();
		break;
	case 3:				// AC and DF
		SYSENTER(FLAGS(0x40400), SYS_getenvid, HERE, "%%esp", r);
		break;
	case 4:				// no data segments
		SYSENTER("xorl %%esi, %%esi; movw %%si, %%ds; movw %%si, %%es;"
			"movl $2f, %%esi", SYS_getenvid, HERE, "%%esp", r);
		break;
	case 5:				// stack pointer in the kernel, unused
		SYSENTER("nop", SYS_getenvid, HERE, "$0xf0100000", r);
		break;

	// From here on, the program must end.
	case 6:				// TF: traps at the return address
		SYSENTER(FLAGS(0x100), SYS_getenvid, HERE, "%%esp", r);
		break;
	case 7:				// TF, in a call that goes out by iret
		SYSENTER(FLAGS(0x100), SYS_yield, HERE, "%%esp", r);
		break;
	case 8:				// return address in the kernel
		SYSENTER("nop", SYS_getenvid, "$0xf0100000", "%%esp", r);
		break;
	case 9:				// nothing there
		SYSENTER("nop", SYS_getenvid, "$0", "%%esp", r);
		break;
	case 10:			// fifth argument: nothing there
		SYSENTER("nop", SYS_page_map, HERE, "$0x30", r);
		break;
	case 11:			// in the kernel
		SYSENTER("nop", SYS_page_map, HERE, "$0xf0100000", r);
		break;
	case 12:			// over the end of memory
		SYSENTER("nop", SYS_page_map, HERE, "$0xfffffffe", r);
		break;
	}
	return r;
}

#define FIRST_END	6
#define WAYS		13

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	must("sys_page_alloc", sys_page_alloc(0, (void *) went_on,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	if (ext_call(SYS_sysenter, 0, 0, 0, 0, 0) != 1)
		panic("there is no sysenter");
	for (int how = 0; how < WAYS; how++) {
		*went_on = false;

		const envid_t child = fork_or_panic();

		if (child == 0) {
			saved_esp = 0;	// so that its page is our own
			if (misbehave(how) != thisenv->env_id)
				panic("way %d: a wrong result", how);
			*went_on = true;
			exit();
		}
		wait(child);
		if (*went_on != (how < FIRST_END))
			panic("way %d %s", how, *went_on ? "did not end"
				: "ended");
		cprintf("way %d: as it should be\n", how);
	}
	cprintf("sysentbad ok\n");
}
