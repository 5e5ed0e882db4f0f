// tests/user/testvm86.c - programs enter virtual-8086 mode, as QEMU allows, and
// loop there with interrupts disabled: the kernel ends them, and until then
// they block only their own CPU, not the others or the disk.
//
// usage: testvm86 [rounds]

#include <inc/lib.h>
#include <inc/x86.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)

#define LOOP	((volatile uint8_t *) 0x1000)
#define started	(*(volatile bool *) 0x0B000000)

// Enter virtual-8086 mode by iret.  On the stack are the segments for that
// mode, %ss, %esp, flags, %cs and %eip.
static void
loop_in_8086(void)
{
	must("sys_page_alloc", sys_page_alloc(0, (void *) LOOP, RW));
	LOOP[0] = 0xEB;			// 1: jmp 1b
	LOOP[1] = 0xFE;
	sys_env_set_pgfault_upcall(0, NULL);	// a fault ends the program
	started = true;
	__asm__ volatile(
		"pushl $0; pushl $0; pushl $0; pushl $0; pushl $0\n\t"
		"pushl $0x8000; pushl %0; pushl %1; pushl $0; iret"
		: : "i" (FL_VM | FL_IOPL_3), "i" ((uintptr_t) LOOP >> 4));
}

static void
read_a_file(void)
{
	char buf[512];
	int fd = open("/lorem", O_RDONLY), r;

	must("open", fd);
	while ((r = read(fd, buf, sizeof(buf))) > 0)
		;
	must("read", r);
	close(fd);
}

void
umain(int argc, char **argv)
{
	const int rounds = argc > 1 ? strtol(argv[1], NULL, 0) : 6;

	must("sys_page_alloc", sys_page_alloc(0, (void *) &started,
		RW | PTE_SHARE));
	for (int n = 0; n < rounds; n++) {
		started = false;

		envid_t child = fork_or_panic();

		if (child == 0) {
			loop_in_8086();
			exit();
		}
		while (!started)
			sys_yield();
		for (volatile int i = 0; i < 100000; i++)
			;
		if (n % 3 == 0) {
			// It may be gone: real processors refuse the iret
			sys_env_set_status(child, ENV_NOT_RUNNABLE);
			sys_env_set_status(child, ENV_RUNNABLE);
		} else if (n % 3 == 1)
			sys_env_destroy(child);
		read_a_file();
		wait(child);
		cprintf("round %d done\n", n);
	}
	cprintf("testvm86 ok\n");
}
