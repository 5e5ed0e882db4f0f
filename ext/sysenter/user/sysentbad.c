// ext/sysenter/user/sysentbad.c - programs that execute SYSENTER with registers
// that no honest one has.  Some go on, some end; the kernel lives.

#include <tests/user/test.h>

#include <ext/sysenter/sysenter.h>

static volatile bool *const went_on = (volatile bool *) 0x10000000;

#define VA		((void *) 0x20000000)
#define AT_VA		"$0x20000000"
#define RW		(PTE_P | PTE_U | PTE_W)

// Call `number' with this return address and stack pointer, after `before'.
// Sets `result' to eax if the call returns to label 2.  sys_page_map's fifth
// argument, the permission, is the only one that can be wrong.
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
		: "=a" (result) : "0" (number), "d" (0), "c" (VA), "b" (0), \
		  "D" (VA) : "esi", "memory", "cc")

uint32_t saved_esp;

#define FLAGS(bits)	"pushfl; orl $" #bits ", (%%esp); popfl"
#define HERE		"$2f"

// Call sys_page_map with its fifth argument there.
#define PAGE_MAP(where, result)						\
	SYSENTER("nop", SYS_page_map, HERE, where, result);		\
	if (result == 0)						\
		result = thisenv->env_id

static int
misbehave(int how)
{
	const int perm = RW;
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
	case 3:				// AC
		SYSENTER(FLAGS(0x40000), SYS_getenvid, HERE, "%%esp", r);
		break;
	case 4:				// DF
		SYSENTER(FLAGS(0x400), SYS_getenvid, HERE, "%%esp", r);
		break;
	case 5:				// all three, and out by iret
		SYSENTER(FLAGS(0x44400), SYS_yield, HERE, "%%esp", r);
		r = sys_getenvid();
		break;
	case 6:				// no data segments
		SYSENTER("xorl %%esi, %%esi; movw %%si, %%ds; movw %%si, %%es;"
			"movl $2f, %%esi", SYS_getenvid, HERE, "%%esp", r);
		break;
	case 7:				// stack pointer in the kernel, unused
		SYSENTER("nop", SYS_getenvid, HERE, "$0xf0100000", r);
		break;
	case 8:				// fifth argument: at an odd address
		memcpy(VA + 1, &perm, sizeof(perm));
		PAGE_MAP(AT_VA " + 1", r);
		break;
	case 9:				// in two pages
		must("sys_page_alloc", sys_page_alloc(0, VA + PGSIZE, RW));
		memcpy(VA + PGSIZE - 2, &perm, sizeof(perm));
		PAGE_MAP(AT_VA " + 4094", r);
		break;
	case 10:			// AC, at an odd address
		memcpy(VA + 1, &perm, sizeof(perm));
		SYSENTER(FLAGS(0x40000), SYS_page_map, HERE, AT_VA " + 1", r);
		r = r == 0 ? sys_getenvid() : r;
		break;

	// From here on, the program must end.
	case 11:			// TF: traps at the return address
		SYSENTER(FLAGS(0x100), SYS_getenvid, HERE, "%%esp", r);
		break;
	case 12:			// TF, in a call that goes out by iret
		SYSENTER(FLAGS(0x100), SYS_yield, HERE, "%%esp", r);
		break;
	case 13:			// return address in the kernel
		SYSENTER("nop", SYS_getenvid, "$0xf0100000", "%%esp", r);
		break;
	case 14:			// nothing there
		SYSENTER("nop", SYS_getenvid, "$0", "%%esp", r);
		break;
	case 15:			// fifth argument: nothing there
		PAGE_MAP("$0x30", r);
		break;
	case 16:			// half of it is there
		PAGE_MAP(AT_VA " + 4094", r);
		break;
	case 17:			// in the kernel
		PAGE_MAP("$0xf0100000", r);
		break;
	case 18:			// on its stack, and below it
		PAGE_MAP("$0xeffffffe", r);
		break;
	case 19:			// over the end of memory
		PAGE_MAP("$0xfffffffe", r);
		break;
	}
	return r;
}

#define FIRST_END	11
#define WAYS		20

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	must("sys_page_alloc", sys_page_alloc(0, (void *) went_on,
		RW | PTE_SHARE));
	if (ext_call(SYS_sysenter, 0, 0, 0, 0, 0) != 1)
		panic("there is no sysenter");
	for (int how = 0; how < WAYS; how++) {
		*went_on = false;

		const envid_t child = fork_or_panic();

		if (child == 0) {
			saved_esp = 0;	// so that its page is our own
			must("sys_page_alloc", sys_page_alloc(0, VA, RW));
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
