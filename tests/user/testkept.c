// tests/user/testkept.c - a system call changes eax and no other register.
//
// Each call is made with a pattern in the flags and in every register that is
// no argument; all are compared after it.  There are calls that succeed, fail,
// sleep, are woken early, and those that the kernel does in slices.  The parent
// is the helper, which wakes the calls that sleep.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)
#define NO_PAGE	((uint32_t) UTOP)

#define PAGE	0x0A000000u
#define OTHER	0x0A001000u
#define FAR	0xB0000000u		// an address without a page table
#define MANY	0x30000000u		// where a child has many mappings
#define NTABLES	50

#define BAD_ENV	0x7FFFFC00u		// an id of no environment
#define NOWHERE	0xFFFFF001u		// an invalid address

// ----------------------------------------------- a call with all registers

// In the order of popal and popfl, and of pushfl and pushal
struct Registers {
	struct PushRegs regs;
	uint32_t flags;
};

// The stack while registers are loaded and stored.  No page fault may happen
// then, so both are written before.
extern struct Registers given, found;
struct Registers given, found;
uint32_t our_esp, found_esp;

void make_call(void);
__asm__(
	".text\n"
	"make_call:\n\t"
	"pushal\n\t"
	"pushfl\n\t"
	"movl %esp, our_esp\n\t"
	"movl $given, %esp\n\t"
	"popal\n\t"
	"popfl\n\t"
	"movl our_esp, %esp\n\t"
	"int $0x30\n\t"
	"movl %esp, found_esp\n\t"
	"movl $found + 36, %esp\n\t"
	"pushfl\n\t"
	"pushal\n\t"
	"movl our_esp, %esp\n\t"
	"popfl\n\t"
	"popal\n\t"
	"ret");

_Static_assert(sizeof(struct Registers) == 36, "make_call counts on it");
_Static_assert(T_SYSCALL == 0x30, "make_call counts on it");

#define FL_USUAL	(FL_IF | 0x2)	// bit 1 is always set
#define FL_ALL		(FL_USUAL | FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF \
			| FL_DF | FL_OF | FL_ID)

static uint32_t calls_made[NSYSCALLS];

static void
compare(const char *what, uint32_t call, uint32_t got, uint32_t want)
{
	if (got != want)
		panic("call %u: %s is %08x, not %08x", call, what, got, want);
}

// Make a call with n arguments.  Returns its result.
static int
call(uint32_t number, int n, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5)
{
	static uint32_t round;
	struct PushRegs *r = &given.regs, *f = &found.regs;

	if (number < NSYSCALLS)
		calls_made[number]++;
	memset(&found, 0, sizeof(found));
	our_esp = found_esp = 0;
	*r = (struct PushRegs) {
		.reg_eax = number,
		.reg_edx = n > 0 ? a1 : 0xD1D2D3D4 + round,
		.reg_ecx = n > 1 ? a2 : 0xC1C2C3C4 + round,
		.reg_ebx = n > 2 ? a3 : 0xB1B2B3B4 + round,
		.reg_edi = n > 3 ? a4 : 0xE1E2E3E4 + round,
		.reg_esi = n > 4 ? a5 : 0xA1A2A3A4 + round,
		.reg_ebp = 0x51525354 + round,
	};
	given.flags = round++ % 2 ? FL_ALL : FL_USUAL;
	make_call();
	compare("edx", number, f->reg_edx, r->reg_edx);
	compare("ecx", number, f->reg_ecx, r->reg_ecx);
	compare("ebx", number, f->reg_ebx, r->reg_ebx);
	compare("edi", number, f->reg_edi, r->reg_edi);
	compare("esi", number, f->reg_esi, r->reg_esi);
	compare("ebp", number, f->reg_ebp, r->reg_ebp);
	compare("esp", number, found_esp, our_esp);
	compare("eflags", number, found.flags, given.flags);
	return f->reg_eax;
}

#define CALL5(number, n, a1, a2, a3, a4, a5, ...) call(number, n,	\
	(uint32_t) (a1), (uint32_t) (a2), (uint32_t) (a3),		\
	(uint32_t) (a4), (uint32_t) (a5))
#define CALL(number, n, ...) CALL5(number, n, ##__VA_ARGS__, 0, 0, 0, 0, 0)

static void
expect(int line, int got, int want)
{
	if (got != want)
		panic("line %d: %d, not %d", line, got, want);
}

#define IS(want, ...)	expect(__LINE__, CALL(__VA_ARGS__), want)

// ------------------------------------------------------------- the helper

enum Help { NONE, WAKE, SEND, RECEIVE, ANSWER, PROD };

static struct Shared {
	volatile enum Help help;	// what to do once the child sleeps
	volatile uint32_t word;
} *const shared = (struct Shared *) 0x0C000000;

static envid_t me, helper;

static void
until_asleep(envid_t id)
{
	while (envs[ENVX(id)].env_status != ENV_NOT_RUNNABLE && !is_gone(id))
		sys_yield();
}

static void
serve(envid_t subject)
{
	while (!is_gone(subject)) {
		const enum Help help = shared->help;

		if (help == NONE) {
			sys_yield();
			continue;
		}
		if (help == PROD) {
			must("wake", sys_env_set_status(subject, ENV_RUNNABLE));
			sys_yield();
			continue;
		}
		if (help != RECEIVE)
			until_asleep(subject);
		shared->help = NONE;
		if (help == WAKE)
			must("wake", sys_env_set_status(subject, ENV_RUNNABLE));
		if (help == SEND)
			must("send", sys_ipc_send(subject, 1,
				(void *) UTOP, 0));
		if (help == RECEIVE || help == ANSWER)
			must("receive", sys_ipc_recv((void *) UTOP));
		if (help == ANSWER)
			must("answer", sys_ipc_reply(subject, 2,
				(void *) UTOP, 0));
	}
}

// Tell the helper what to do when the next call sleeps.  PROD is for a call
// whose sleep env_status does not show: the helper wakes it again and again.
static void
when_asleep(enum Help help)
{
	shared->help = help;
}

// Have the helper receive; returns when it waits for a message.
static void
have_received(void)
{
	shared->help = RECEIVE;
	while (!envs[ENVX(helper)].env_ipc_recving)
		sys_yield();
}

// ---------------------------------------------------------------- the calls

static envid_t
new_child(void)
{
	envid_t child = CALL(SYS_exofork, 0);

	if (child <= 0)
		panic("sys_exofork: %d", child);

	const volatile struct PushRegs *r = &envs[ENVX(child)].env_tf.tf_regs;

	compare("child's eax", SYS_exofork, r->reg_eax, 0);
	compare("child's edx", SYS_exofork, r->reg_edx, given.regs.reg_edx);
	compare("child's ecx", SYS_exofork, r->reg_ecx, given.regs.reg_ecx);
	compare("child's ebx", SYS_exofork, r->reg_ebx, given.regs.reg_ebx);
	compare("child's edi", SYS_exofork, r->reg_edi, given.regs.reg_edi);
	compare("child's esi", SYS_exofork, r->reg_esi, given.regs.reg_esi);
	compare("child's ebp", SYS_exofork, r->reg_ebp, given.regs.reg_ebp);
	return child;
}

static void
test_console(void)
{
	static char text[9000];

	for (unsigned i = 0; i < sizeof(text); i++)
		text[i] = i % 75 == 74 ? '\n' : 'a' + i / 75 % 26;
	IS(0, SYS_cputs, 2, "short\n", 6);
	IS(0, SYS_cputs, 2, NOWHERE, 0);
	IS(0, SYS_cputs, 2, text, 1050);
	IS(0, SYS_cputs, 2, text, sizeof(text));
	memset(text, '\n', 600);
	IS(0, SYS_cputs, 2, text, 600);
	CALL(SYS_cgetc, 0);
	when_asleep(PROD);
	IS(0, SYS_cons_wait, 0);
	IS(0, SYS_cons_line, 0);
	IS(0, SYS_cons_foreground, 1, 0);
	when_asleep(NONE);
}

static void
test_environments(void)
{
	static struct Trapframe tf;
	envid_t child = new_child();

	IS(me, SYS_getenvid, 0);
	IS(0, SYS_yield, 0);
	IS(-E_BAD_ENV, SYS_env_set_status, 2, BAD_ENV, ENV_RUNNABLE);
	IS(-E_INVAL, SYS_env_set_status, 2, child, 77);
	IS(0, SYS_env_set_status, 2, child, ENV_NOT_RUNNABLE);
	IS(0, SYS_env_set_status, 2, 0, ENV_RUNNABLE);
	when_asleep(WAKE);
	IS(0, SYS_env_set_status, 2, 0, ENV_NOT_RUNNABLE);
	IS(-E_BAD_ENV, SYS_env_set_trapframe, 2, BAD_ENV, &tf);
	IS(0, SYS_env_set_trapframe, 2, child, &tf);
	IS(-E_BAD_ENV, SYS_env_set_pgfault_upcall, 2, BAD_ENV, 0);
	IS(0, SYS_env_set_pgfault_upcall, 2, child, 0);
	IS(-E_BAD_ENV, SYS_env_wait, 1, BAD_ENV);
	IS(-E_INVAL, SYS_env_wait, 1, me);
	when_asleep(WAKE);
	IS(0, SYS_env_wait, 1, child);
	IS(-E_BAD_ENV, SYS_env_destroy, 1, BAD_ENV);

	// A child with so many mappings that sys_env_destroy sleeps
	for (uint32_t i = 0; i < 10 * NPTENTRIES; i++)
		must("map", sys_page_map(0, (void *) PAGE, child,
			(void *) (MANY + i * PGSIZE), RO));
	IS(0, SYS_env_destroy, 1, child);
	IS(0, SYS_env_destroy, 1, new_child());
}

static void
test_pages(void)
{
	static struct PageRun run = { (void *) PAGE, (void *) OTHER, RW, 1, 0 };

	IS(0, SYS_page_alloc, 3, 0, PAGE, RW);
	IS(-E_BAD_ENV, SYS_page_alloc, 3, BAD_ENV, PAGE, RW);
	IS(-E_INVAL, SYS_page_alloc, 3, 0, NOWHERE, RW);
	IS(0, SYS_page_map, 5, 0, PAGE, 0, OTHER, RW);
	IS(-E_BAD_ENV, SYS_page_map, 5, BAD_ENV, PAGE, 0, OTHER, RW);
	IS(-E_INVAL, SYS_page_map, 5, 0, FAR, 0, OTHER, RW);
	IS(0, SYS_page_unmap, 2, 0, OTHER);
	IS(0, SYS_page_unmap, 2, 0, FAR);
	IS(-E_BAD_ENV, SYS_page_unmap, 2, BAD_ENV, OTHER);
	IS(-E_INVAL, SYS_page_unmap, 2, 0, NOWHERE);
	IS(1, SYS_page_map_list, 3, 0, &run, 1);
	IS(0, SYS_page_map_list, 3, 0, NOWHERE, 0);
	IS(-E_BAD_ENV, SYS_page_map_list, 3, BAD_ENV, &run, 1);
	run.srcva = (void *) FAR;
	IS(-E_INVAL, SYS_page_map_list, 3, 0, &run, 1);
	IS(0, SYS_page_copy, 4, PAGE, 0, OTHER, RW);
	IS(0, SYS_page_copy, 4, PAGE, 0, PAGE, RW);
	IS(-E_BAD_ENV, SYS_page_copy, 4, PAGE, BAD_ENV, OTHER, RW);
	IS(-E_INVAL, SYS_page_copy, 4, FAR, 0, OTHER, RW);
	IS(-E_INVAL, SYS_page_wait, 3, FAR, 0, 0);
	IS(0, SYS_page_wait, 3, &shared->word, shared->word + 1, 2);
	when_asleep(WAKE);
	IS(0, SYS_page_wait, 3, &shared->word, shared->word,
		pageref(shared));
	IS(-E_INVAL, SYS_page_wake, 1, FAR);
	IS(0, SYS_page_wake, 1, shared);
}

// The child has so many page tables that the kernel searches them in slices.
static void
test_held(void)
{
	envid_t child = new_child();

	IS(0, SYS_page_alloc, 3, 0, OTHER, RW);
	for (uint32_t i = 0; i < NTABLES; i++)
		must("map", sys_page_map(0, (void *) OTHER, child,
			(void *) (MANY + i * PTSIZE), RO));
	IS(-E_BAD_ENV, SYS_page_held, 3, BAD_ENV, PAGE, 0);
	IS(-E_INVAL, SYS_page_held, 3, child, FAR, 0);
	IS(0, SYS_page_held, 3, child, PAGE, 0);
	IS(0, SYS_page_held, 3, child, PAGE, MANY);
	IS(PGNUM(MANY), SYS_page_held, 3, child, OTHER, MANY);
	must("map", sys_page_map(0, (void *) PAGE, child,
		(void *) (MANY + PTSIZE - PGSIZE), RO));
	IS(PGNUM(MANY + PTSIZE - PGSIZE), SYS_page_held, 3, child, PAGE, 0);
	IS(0, SYS_env_destroy, 1, child);
}

static void
test_messages(void)
{
	IS(-E_BAD_ENV, SYS_ipc_try_send, 4, BAD_ENV, 1, NO_PAGE, 0);
	IS(-E_IPC_NOT_RECV, SYS_ipc_try_send, 4, me, 1, NO_PAGE, 0);
	have_received();
	IS(0, SYS_ipc_try_send, 4, helper, 1, NO_PAGE, 0);
	IS(-E_INVAL, SYS_ipc_recv, 1, PAGE + 1);
	when_asleep(SEND);
	IS(0, SYS_ipc_recv, 1, NO_PAGE);

	// The helper received a message last, and now has sent one
	IS(-E_BAD_ENV, SYS_ipc_reply, 4, BAD_ENV, 1, NO_PAGE, 0);
	IS(0, SYS_ipc_reply, 4, helper, 1, NO_PAGE, 0);
	IS(-E_IPC_NOT_RECV, SYS_ipc_reply, 4, helper, 1, NO_PAGE, 0);

	IS(-E_INVAL, SYS_ipc_recv_from, 2, PAGE + 1, helper);
	IS(-E_BAD_ENV, SYS_ipc_recv_from, 2, NO_PAGE, BAD_ENV);
	when_asleep(SEND);
	IS(0, SYS_ipc_recv_from, 2, NO_PAGE, helper);
	when_asleep(WAKE);
	IS(0, SYS_ipc_recv_from, 2, NO_PAGE, helper);

	IS(-E_INVAL, SYS_ipc_reply_recv, 5, helper, 1, FAR, NO_PAGE, RW);
	when_asleep(SEND);
	IS(0, SYS_ipc_reply_recv, 5, helper, 1, NO_PAGE, NO_PAGE, 0);

	IS(-E_BAD_ENV, SYS_ipc_send, 4, BAD_ENV, 1, NO_PAGE, 0);
	IS(-E_INVAL, SYS_ipc_send, 4, me, 1, NO_PAGE, 0);
	when_asleep(WAKE);
	IS(-E_IPC_NOT_RECV, SYS_ipc_send, 4, helper, 1, NO_PAGE, 0);
	when_asleep(RECEIVE);
	IS(0, SYS_ipc_send, 4, helper, 1, NO_PAGE, 0);
	have_received();
	IS(0, SYS_ipc_send, 4, helper, 1, NO_PAGE, 0);

	IS(-E_BAD_ENV, SYS_ipc_call, 5, BAD_ENV, 1, NO_PAGE, NO_PAGE, 0);
	when_asleep(ANSWER);
	IS(0, SYS_ipc_call, 5, helper, 1, NO_PAGE, NO_PAGE, 0);
	when_asleep(WAKE);
	IS(-E_IPC_NOT_RECV, SYS_ipc_call, 5, helper, 1, NO_PAGE, NO_PAGE, 0);
}

static void
test_others(void)
{
	IS(-E_INVAL, SYS_poweroff, 2, 0, 0);
	IS(-E_INVAL, SYS_debug, 2, 99, 0);
	IS(-E_INVAL, SYS_irq_wait, 2, IRQ_IDE, 0);
	IS(-E_INVAL, 14, 0);
	IS(-E_INVAL, NSYSCALLS, 0);
	IS(-E_INVAL, 32, 0);
	IS(-E_INVAL, 1000, 0);
	IS(-E_INVAL, ~0u, 0);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	must("page", sys_page_alloc(0, shared, RW | PTE_SHARE));
	helper = sys_getenvid();

	envid_t subject = fork_or_panic();

	if (subject) {
		serve(subject);
		return;
	}
	me = sys_getenvid();
	test_pages();
	test_console();
	test_environments();
	test_held();
	test_messages();
	test_others();
	for (uint32_t i = 0; i < NSYSCALLS; i++)
		if (calls_made[i] == 0)
			panic("call %u was not made", i);
	cprintf("testkept ok\n");
}
