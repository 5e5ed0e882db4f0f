// user/check/upcalls.c - page faults that go to an upcall: the frame that the
// kernel writes, the stack it checks, and nested faults.
//
// The upcalls here are our own: lib/pfentry.S is checked by handlers.c.

#include <inc/mmu.h>

#include <user/check/thread.h>

#define EX9	"lab 4, exercise 9; kern/trap.c"

#define BAD	((char *) 0x0C000000)	// what faults
#define BAD2	((char *) 0x0C400000)

// What an upcall found
static struct UTrapframe utf;		// the first frame
static struct UTrapframe utf2;		// the frame of a fault in the upcall
static volatile uint32_t upcall_esp, upcall_esp2, upcall_flags, depth;
static uint32_t sink;

// Store the frame; then do as the test says.
static void (*volatile then)(void);

static void __attribute__((noreturn, used))
caught(uint32_t esp, uint32_t flags)
{
	if (depth++ == 0) {
		upcall_esp = esp;
		upcall_flags = flags;
		memcpy(&utf, (void *) esp, sizeof(utf));
	} else {
		upcall_esp2 = esp;
		memcpy(&utf2, (void *) esp, sizeof(utf2));
	}
	if (depth < 4)
		then();
	thread_end();
}

void upcall(void);
__asm__(
"	.text\n"
"upcall:\n"
"	movl %esp, %eax\n"
"	pushfl\n"
"	pushl %eax\n"			// esp; flags are above it
"	cld\n"
"	call caught\n");

// The fault: known registers, then a read or write at BAD.
void fault_read(void);
void fault_write(void);
void fault_esp(void);			// with new_esp as stack pointer
extern char read_eip[], write_eip[], esp_eip[];
uint32_t new_esp, full_esp;
#define LOAD								\
"	movl %esp, full_esp\n"						\
"	movl $0xED10ED10, %edi\n"					\
"	movl $0xE510E510, %esi\n"					\
"	movl $0xEB90EB90, %ebp\n"					\
"	movl $0xEB80EB80, %ebx\n"					\
"	movl $0xED80ED80, %edx\n"					\
"	movl $0xEC80EC80, %ecx\n"					\
"	pushl $0x8D5\n"							\
"	popfl\n"							\
"	movl $0x0C000123, %eax\n"
__asm__(
"	.text\n"
"fault_read:\n" LOAD
"read_eip:\n"
"	movl (%eax), %eax\n"
"	ud2\n"
"fault_write:\n" LOAD
"write_eip:\n"
"	movl %edi, (%eax)\n"
"	ud2\n"
"fault_esp:\n" LOAD
"	movl new_esp, %esp\n"
"esp_eip:\n"
"	movl %edi, (%eax)\n"
"	ud2\n");
#define FLAGS	0x8D5

static void (*volatile fault)(void);
static volatile bool own_stack;		// does the thread make one?

static void
faulting(void)
{
	if (own_stack)
		sys_page_alloc(0, XSTACK, RW);
	sys_env_set_pgfault_upcall(0, upcall);
	fault();
}

// Run a thread that faults; returns whether it came to the upcall.
static bool
run(void (*how)(void), void (*next)(void))
{
	memset(&utf, 0, sizeof(utf));
	memset(&utf2, 0, sizeof(utf2));
	upcall_esp = upcall_esp2 = depth = 0;
	fault = how;
	then = next;
	own_stack = true;

	const envid_t id = thread_start(faulting);
	const bool ended = until_gone(id);

	expect(ended, "a program that faults goes on for ever");
	if (!ended)
		sys_env_destroy(id);
	return depth > 0;
}

// ------------------------------------------------------------------- frames

static void
compare_regs(const struct UTrapframe *f, uint32_t eip, uint32_t err)
{
	struct { const char *name; uint32_t is, want; } fields[] = {
		{ "utf_fault_va", f->utf_fault_va, (uint32_t) BAD + 0x123 },
		{ "utf_err", f->utf_err & 7, err },
		{ "utf_regs.reg_edi", f->utf_regs.reg_edi, 0xED10ED10 },
		{ "utf_regs.reg_esi", f->utf_regs.reg_esi, 0xE510E510 },
		{ "utf_regs.reg_ebp", f->utf_regs.reg_ebp, 0xEB90EB90 },
		{ "utf_regs.reg_ebx", f->utf_regs.reg_ebx, 0xEB80EB80 },
		{ "utf_regs.reg_edx", f->utf_regs.reg_edx, 0xED80ED80 },
		{ "utf_regs.reg_ecx", f->utf_regs.reg_ecx, 0xEC80EC80 },
		{ "utf_regs.reg_eax", f->utf_regs.reg_eax,
			(uint32_t) BAD + 0x123 },
		{ "utf_eip", f->utf_eip, eip },
		{ "utf_eflags (without FL_RF)", f->utf_eflags & 0xED5,
			FLAGS | FL_IF },
		{ "utf_esp", f->utf_esp, full_esp },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		expect(fields[i].is == fields[i].want, "%s is %08x, expected "
			"%08x", fields[i].name, fields[i].is, fields[i].want);
}

static void
frames(void)
{
	expect(run(fault_read, thread_end), "a read fault: the upcall is not "
		"called");
	compare_regs(&utf, (uint32_t) read_eip, FEC_U);
	expect(upcall_esp == UXSTACKTOP - sizeof(utf), "the first frame is at "
		"%08x, expected UXSTACKTOP - sizeof(struct UTrapframe)",
		upcall_esp);
	expect(upcall_flags & FL_IF, "the upcall runs with interrupts off");

	expect(run(fault_write, thread_end), "a write fault: the upcall is "
		"not called");
	compare_regs(&utf, (uint32_t) write_eip, FEC_U | FEC_WR);

	// Of a page that is mapped read-only
	sys_page_alloc(0, BAD, RO);
	expect(run(fault_write, thread_end), "a write to a read-only page: "
		"the upcall is not called");
	expect((utf.utf_err & 7) == (FEC_U | FEC_WR | FEC_PR), "a write to a "
		"read-only page: utf_err is %x, expected 7", utf.utf_err & 7);
	sys_page_unmap(0, BAD);
}

static void
read_kernel(void)
{
	sink = *(volatile uint32_t *) KERNBASE;
}

static void
kernel_address(void)
{
	expect(run(read_kernel, thread_end), "a read of a kernel address: the "
		"upcall is not called");
	expect((utf.utf_err & 7) == (FEC_U | FEC_PR), "a read of a kernel "
		"address: utf_err is %x, expected 5", utf.utf_err & 7);
	expect(utf.utf_fault_va == KERNBASE, "a read of a kernel address: "
		"utf_fault_va is %08x", utf.utf_fault_va);
}

// ------------------------------------------------------------- nested faults

static void
fault_again(void)
{
	if (depth == 1)
		sink = *(volatile uint32_t *) BAD2;
}

static void
nested(void)
{
	run(fault_write, fault_again);
	expect(depth == 2, "a fault in the upcall: the upcall is not called "
		"again");
	if (depth != 2)
		return;
	expect(utf2.utf_fault_va == (uint32_t) BAD2, "a fault in the upcall: "
		"utf_fault_va is %08x, expected %08x", utf2.utf_fault_va,
		(uint32_t) BAD2);
	expect(utf2.utf_esp < UXSTACKTOP && utf2.utf_esp < upcall_esp,
		"a fault in the upcall: utf_esp is %08x, not on the exception "
		"stack", utf2.utf_esp);
	expect(upcall_esp2 == utf2.utf_esp - sizeof(utf2) - 4, "a fault in "
		"the upcall: the frame is at %08x for utf_esp %08x, expected "
		"a free word between them", upcall_esp2, utf2.utf_esp);
	expect(memcmp((void *) &utf, (void *) &utf2, 4) != 0,
		"a fault in the upcall overwrites the first frame");
}

// Where the stack pointer is when the fault comes, and where the frame goes
static void
edges(void)
{
	static const struct {
		uint32_t esp, frame;
		const char *what;
	} edge[] = {
		{ UXSTACKTOP - 4, UXSTACKTOP - 8, "UXSTACKTOP - 4" },
		{ UXSTACKTOP - 400, UXSTACKTOP - 404, "UXSTACKTOP - 400" },
		{ UXSTACKTOP - PGSIZE / 2, UXSTACKTOP - PGSIZE / 2 - 4,
			"the middle of the exception stack" },
		{ UXSTACKTOP - PGSIZE + 1000, UXSTACKTOP - PGSIZE + 996,
			"1000 above its bottom" },
		{ UXSTACKTOP, UXSTACKTOP, "UXSTACKTOP" },
		{ USTACKTOP, UXSTACKTOP, "USTACKTOP" },
		{ USTACKTOP - 100, UXSTACKTOP, "the normal stack" },
		{ 0x100, UXSTACKTOP, "0x100" },
		{ 0xF0000100, UXSTACKTOP, "an address of the kernel" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(edge); i++) {
		new_esp = edge[i].esp;

		const bool came = run(fault_esp, thread_end);

		expect(came, "esp is %s: the upcall is not called",
			edge[i].what);
		if (!came)
			continue;
		expect(upcall_esp == edge[i].frame - sizeof(utf),
			"esp is %s: the frame is at %08x, expected %08x",
			edge[i].what, upcall_esp, edge[i].frame - sizeof(utf));
		expect(utf.utf_esp == edge[i].esp, "esp is %s: utf_esp is "
			"%08x", edge[i].what, utf.utf_esp);
	}
}

// --------------------------------------------------------- what ends a program

static void (*volatile prepare)(void);

static void
without_stack(void)
{
	prepare();
	sys_env_set_pgfault_upcall(0, upcall);
	fault_write();
}

static void
nothing(void)
{
}

static void
readonly_stack(void)
{
	sys_page_alloc(0, XSTACK, RO);
}

// The frame would begin on a page that is missing or read-only.
static void
page_below(void)
{
	sys_page_alloc(0, XSTACK, RW);
	new_esp = UXSTACKTOP - PGSIZE + 40;
	sys_env_set_pgfault_upcall(0, upcall);
	fault_esp();
}

static void
page_below_mapped(void)
{
	sys_page_alloc(0, XSTACK - PGSIZE, RW);
	page_below();
}

static void
bottom(void)
{
	sys_page_alloc(0, XSTACK, RW);
	new_esp = UXSTACKTOP - PGSIZE;
	sys_env_set_pgfault_upcall(0, upcall);
	fault_esp();
}

static void
no_upcall(void)
{
	sys_page_alloc(0, XSTACK, RW);
	sys_env_set_pgfault_upcall(0, NULL);
	fault_write();
}

// The upcall itself cannot be run: each try is a fault in the upcall.
static void
bad_upcall(void)
{
	sys_page_alloc(0, XSTACK, RW);
	sys_env_set_pgfault_upcall(0, (void *) BAD2);
	fault_write();
}

static void
upcall_in_kernel(void)
{
	sys_page_alloc(0, XSTACK, RW);
	sys_env_set_pgfault_upcall(0, (void *) (KERNBASE + 0x100000));
	fault_write();
}

static void
ends(const char *what, void (*prepared)(void))
{
	depth = 0;
	then = thread_end;
	prepare = prepared;

	const envid_t id = thread_start(without_stack);
	const bool ended = until_gone(id);

	expect(ended && depth == 0, "%s: expected the end of the program, "
		"but %s", what, ended ? "its upcall is called"
		: "it goes on for ever");
	if (!ended)
		sys_env_destroy(id);
}

// A child's upcall is its own, even if its parent has one.
static void
child_of_one_with_upcall(void)
{
	sys_page_alloc(0, XSTACK, RW);
	sys_env_set_pgfault_upcall(0, upcall);
	ends("a child without an upcall, whose parent has one", no_upcall);
	sys_env_set_pgfault_upcall(0, NULL);
	sys_page_unmap(0, XSTACK);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv), USED(sink);

	look_at("page_fault_handler", EX9);
	frames();
	kernel_address();
	nested();
	edges();
	ends("no upcall", no_upcall);
	ends("no exception stack", nothing);
	ends("a read-only exception stack", readonly_stack);
	ends("an upcall that is not mapped", bad_upcall);
	ends("an upcall in the kernel", upcall_in_kernel);
	ends("an exception stack that is full", page_below);
	ends("esp at the bottom of the exception stack", bottom);
	ends("an exception stack that is full, with a page below it",
		page_below_mapped);
	child_of_one_with_upcall();
	look_no_more();
}
