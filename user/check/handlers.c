// user/check/handlers.c - set_pgfault_handler, and the way back from a handler:
// _pgfault_upcall.

#include <inc/mmu.h>

#include <user/check/thread.h>

#define EX10	"lab 4, exercise 10; lib/pfentry.S"
#define EX11	"lab 4, exercise 11; lib/pgfault.c"

#define BAD	((char *) 0x0C000000)
#define BAD2	((char *) 0x0C400000)

struct Registers {
	uint32_t edi, esi, ebp, ebx, edx, ecx, eax, esp, eflags;
};
struct Registers after;
uint32_t esp_before, flags_before;

// load_and_store: load known registers and flags_before, write edi at
// 0x0C000010, and store the registers as they then are.
void load_and_store(void);
__asm__(
"	.text\n"
"load_and_store:\n"
"	pushal\n"
"	pushfl\n"
"	movl %esp, esp_before\n"
"	movl $0xED10ED10, %edi\n"
"	movl $0xE510E510, %esi\n"
"	movl $0xEB90EB90, %ebp\n"
"	movl $0xEB80EB80, %ebx\n"
"	movl $0xED80ED80, %edx\n"
"	movl $0xEC80EC80, %ecx\n"
"	movl $0x0C000010, %eax\n"
"	pushl flags_before\n"
"	popfl\n"

"	movl %edi, (%eax)\n"
"	movl %edi, after + 0\n"
"	movl %esi, after + 4\n"
"	movl %ebp, after + 8\n"
"	movl %ebx, after + 12\n"
"	movl %edx, after + 16\n"
"	movl %ecx, after + 20\n"
"	movl %eax, after + 24\n"
"	movl %esp, after + 28\n"
"	movl esp_before, %esp\n"
"	pushfl\n"
"	popl after + 32\n"
"	popfl\n"
"	popal\n"
"	ret\n");
_Static_assert(offsetof(struct Registers, eflags) == 32, "load_and_store");

static volatile int calls;
static volatile uint32_t argument, handler_flags, fault_va;
static volatile bool nest;

static void
take_flags(void)
{
	uint32_t flags;

	__asm__ volatile("pushfl; popl %0" : "=r" (flags));
	handler_flags = flags;
}

static void
handle(struct UTrapframe *utf)
{
	take_flags();
	__asm__ volatile("cld" : : : "cc");
	calls++;
	argument = (uint32_t) utf;
	fault_va = utf->utf_fault_va;
	if (calls > 10)
		thread_end();
	if (nest && utf->utf_fault_va < (uint32_t) BAD2) {
		*(volatile char *) BAD2 = 2;
		nest = false;
	}
	sys_page_alloc(0, (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE), RW);
	__asm__ volatile("movl $-1, %%ecx; movl $-1, %%edx" : : : "ecx", "edx");
}

// Runs in the program itself: there the exception stack is.
static void
fault_with(const char *what, uint32_t flags)
{
	flags_before = flags;
	sys_page_unmap(0, BAD);
	sys_page_unmap(0, BAD2);
	memset(&after, 0, sizeof(after));
	calls = 0;
	load_and_store();

	const struct { const char *name; uint32_t is, want; } fields[] = {
		{ "edi", after.edi, 0xED10ED10 },
		{ "esi", after.esi, 0xE510E510 },
		{ "ebp", after.ebp, 0xEB90EB90 },
		{ "ebx", after.ebx, 0xEB80EB80 },
		{ "edx", after.edx, 0xED80ED80 },
		{ "ecx", after.ecx, 0xEC80EC80 },
		{ "eax", after.eax, (uint32_t) BAD + 0x10 },
		{ "esp", after.esp, esp_before },
		{ "eflags", (after.eflags & 0xCD5), flags & 0xCD5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		expect(fields[i].is == fields[i].want, "%s: after the "
			"handler, %s is %08x, expected %08x as before", what,
			fields[i].name, fields[i].is, fields[i].want);
	if (page_is_mapped(BAD))
		expect(*(uint32_t *) (BAD + 0x10) == 0xED10ED10, "%s: the "
			"instruction that faulted was not executed again",
			what);
	expect(!(handler_flags & FL_DF), "%s: the handler runs with the "
		"direction flag set, C expects it clear", what);
}

static void
way_back(void)
{
	look_at("_pgfault_upcall", EX10);
	calls = 0;
	*(volatile char *) BAD = 1;
	expect(calls == 1, "the handler is called %d times for a fault, "
		"expected once", calls);
	fault_with("no flags set", 2);
	expect(calls == 1, "the handler is called %d times for a fault, "
		"expected once", calls);
	expect(argument == UXSTACKTOP - sizeof(struct UTrapframe), "the "
		"argument of the handler is %08x, not the address of the "
		"UTrapframe", argument);
	expect(fault_va == (uint32_t) BAD + 0x10, "the handler finds "
		"utf_fault_va %08x, expected %08x", fault_va,
		(uint32_t) BAD + 0x10);
	fault_with("all flags set", 0x8D5);
	fault_with("the direction flag set", 0xC02);
	fault_with("only the carry flag set", 0x003);
	fault_with("only the zero flag set", 0x042);

	nest = true;
	fault_with("a fault in the handler", 0x8D5);
	expect(calls == 2, "a fault in the handler: the handler is called %d "
		"times, expected twice", calls);
	expect(page_is_mapped(BAD2) && *BAD2 == 2,
		"a fault in the handler: its write did not take place");
	for (int i = 0; i < 200; i++) {		// and nothing piles up
		sys_page_unmap(0, BAD);
		calls = 0;
		*(volatile char *) BAD = 1;
	}
	expect(argument == UXSTACKTOP - sizeof(struct UTrapframe), "after 200 "
		"faults, the frame is at %08x, no longer at the top of the "
		"exception stack", argument);
}

// ------------------------------------------------------- set_pgfault_handler

static volatile int second_calls;

static void
handle_second(struct UTrapframe *utf)
{
	second_calls++;
	sys_page_alloc(0, (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE), RW);
}

// Sets another handler while it runs itself.
static void
handle_and_change(struct UTrapframe *utf)
{
	volatile uint32_t on_stack = 0x12345678;

	set_pgfault_handler(handle_second);
	expect(on_stack == 0x12345678, "called in a handler, it replaces the "
		"exception stack that is in use");
	sys_page_alloc(0, (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE), RW);
}

static void
first_call(void)
{
	set_pgfault_handler(handle);
	expect((entry_of(XSTACK) & PTE_SYSCALL) == RW, "the exception stack "
		"has permissions %03x, expected PTE_P | PTE_U | PTE_W",
		entry_of(XSTACK) & PTE_SYSCALL);
	expect(!page_is_mapped(XSTACK - PGSIZE), "a page is mapped below the "
		"exception stack, where an overflow must fault");
	expect(thisenv->env_pgfault_upcall == (void *) _pgfault_upcall,
		"the upcall is %p, not _pgfault_upcall",
		thisenv->env_pgfault_upcall);
}

static void
later_calls(void)
{
	const pte_t stack = entry_of(XSTACK);

	set_pgfault_handler(handle_second);
	expect(entry_of(XSTACK) == stack,
		"a second call replaces the exception stack");
	calls = second_calls = 0;
	sys_page_unmap(0, BAD);
	*(volatile char *) BAD = 1;
	expect(second_calls == 1 && calls == 0, "a fault after a second call: "
		"the first handler is called %d times, the second %d times",
		calls, second_calls);

	set_pgfault_handler(handle_and_change);
	second_calls = 0;
	sys_page_unmap(0, BAD);
	sys_page_unmap(0, BAD2);
	*(volatile char *) BAD = 1;
	*(volatile char *) BAD2 = 1;
	expect(second_calls == 1, "a handler that was set in a handler is "
		"not called");
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	look_at("set_pgfault_handler", EX11);
	first_call();
	way_back();
	look_at("set_pgfault_handler", EX11);
	later_calls();
	look_no_more();
}
