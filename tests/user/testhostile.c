// tests/user/testhostile.c - a program that abuses its registers, its exception
// stack, system calls or messages harms only itself.
//
// usage: testhostile [attack]
//
// A child makes each attack; it exits, or the kernel ends it.  A child that
// stops itself is destroyed after that.  After every few attacks a new child
// must run and the file server must reply, and at the end as many pages and
// environments must be free as at the start.

#include <tests/user/fuzz.h>

#define XSTACK		((char *) UXSTACKTOP - PGSIZE)
#define PAGE		((char *) 0x20000000)
#define NO_PAGE		((void *) UTOP)

static envid_t parent;

static void
own_faults_end_us(void)
{
	sys_env_set_pgfault_upcall(0, NULL);
}

// ------------------------------------------------------------------- flags

static void
with_flags(uint32_t flags)
{
	own_faults_end_us();
	__asm__ volatile("pushl %0; popfl; nop; nop" : : "r" (flags) : "cc");
	sys_getenvid();
	sys_yield();
	__asm__ volatile("pushl $0x202; popfl; cld" : : : "cc");
}

static void flags_nt(void) { with_flags(FL_NT | FL_IF); }
static void flags_tf(void) { with_flags(FL_TF | FL_IF); }
static void flags_df(void) { with_flags(FL_DF | FL_IF); }
static void flags_ac(void) { with_flags(FL_AC | FL_IF); }
static void flags_rf(void) { with_flags(FL_RF | FL_IF); }
static void flags_id(void) { with_flags(FL_ID | FL_IF); }
static void flags_vm(void) { with_flags(FL_VM | FL_IF); }
static void flags_iopl(void) { with_flags(FL_IOPL_3); }
static void flags_all(void) { with_flags(~0u); }
static void flags_none(void) { with_flags(0); }

static void
df_into_kernel(void)
{
	__asm__ volatile("std");
	int r = sys_page_alloc(0, PAGE, FUZZ_RW);
	__asm__ volatile("cld");
	if (r < 0 || PAGE[0] || PAGE[PGSIZE - 1])
		panic("the direction flag counts in the kernel");
}

#define CODE(name, ...)						\
	static void name(void)					\
	{							\
		own_faults_end_us();				\
		__asm__ volatile(__VA_ARGS__);			\
	}

CODE(do_cli, "cli")
CODE(do_hlt, "hlt")
CODE(do_in, "inb $0x64, %%al" : : : "eax")
CODE(do_out, "outb %%al, $0x64" : :)
CODE(do_lgdt, "lgdt (0)")
CODE(do_ltr, "ltr %%ax" : : "a" (0x28))
CODE(do_cr0, "movl %%eax, %%cr0" : : "a" (0))
CODE(do_cr3, "movl %%cr3, %%eax" : : : "eax")
CODE(do_wrmsr, "wrmsr" : : "c" (0x174), "a" (0), "d" (0))
CODE(do_sysenter, "sysenter")
CODE(do_int0, "int $0")
CODE(do_int1, "int $1")
CODE(do_int2, "int $2")
CODE(do_int3, "int $3")
CODE(do_int4, "int $4")
CODE(do_int8, "int $8")
CODE(do_int14, "int $14")
CODE(do_int32, "int $32")
CODE(do_int39, "int $39")
CODE(do_int49, "int $49")
CODE(do_int255, "int $255")
CODE(do_icebp, ".byte 0xF1")
CODE(do_ud2, "ud2")
CODE(do_ds, "movw %%ax, %%ds; movl 0, %%eax" : : "a" (0))
CODE(do_ds_kernel, "movw %%ax, %%ds" : : "a" (GD_KD))
CODE(do_ss_null, "movw %%ax, %%ss" : : "a" (3))
CODE(do_es_then_call, "movw %%bx, %%es; int $0x30; movl $3, %%eax; int $0x30" \
	: : "a" (SYS_getenvid), "b" (0), "d" (0))
CODE(do_far_call, "lcall $0x08, $0xf0100000")
CODE(do_far_tss, "ljmp $0x28, $0")
CODE(do_esp_0, "xorl %%esp, %%esp; int $0x30; push %%eax" \
	: : "a" (SYS_getenvid))
CODE(do_esp_kernel, "movl $0xf0000000, %%esp; int $0x30; push %%eax" \
	: : "a" (SYS_getenvid))
CODE(do_jump_kernel, "jmp *%%eax" : : "a" (KERNBASE + 0x100000))
CODE(do_jump_top, "jmp *%%eax" : : "a" (0xFFFFFFFF))
CODE(do_iret_vm, "pushl $0; pushl $0; pushl $0; pushl $0; pushl $0x23;" \
	"pushl $0; pushl $0x20202; pushl $0x1b; pushl $0; iret")
CODE(do_iret_ring0, "pushl $0x202; pushl $0x08; pushl $0xf0100000; iret")

// ------------------------------------------------------------ trap frames

// Give a child this trap frame, and let it run for a while.
static void
run_frame(struct Trapframe tf)
{
	envid_t child = sys_exofork();

	if (child == 0)
		sys_env_destroy(0);
	if (child < 0)
		panic("sys_exofork: %e", child);
	sys_page_map(0, (void *) UTEXT, child, (void *) UTEXT, FUZZ_RO);
	sys_env_set_trapframe(child, &tf);
	sys_env_set_status(child, ENV_RUNNABLE);
	for (int i = 0; i < 5; i++)
		sys_yield();
	if (!is_gone(child)) {
		const volatile struct Trapframe *got =
			&envs[ENVX(child)].env_tf;

		if ((got->tf_cs & 3) != 3 || got->tf_eflags & FL_IOPL_MASK)
			panic("a frame of the kernel's");
		sys_env_destroy(child);
	}
	wait(child);
}

static void
frame_ones(void)
{
	struct Trapframe tf;

	memset(&tf, 0xFF, sizeof(tf));
	run_frame(tf);
}

static void frame_zeros(void) { run_frame((struct Trapframe) { .tf_eip = 0 }); }
static void frame_kernel(void) { run_frame((struct Trapframe) {
	.tf_eip = KERNBASE + 0x100000, .tf_esp = KSTACKTOP, .tf_cs = GD_KT,
	.tf_ss = GD_KD, .tf_ds = GD_KD, .tf_es = GD_KD,
	.tf_eflags = FL_IOPL_3 }); }
static void frame_vm86(void) { run_frame((struct Trapframe) {
	.tf_eip = UTEXT, .tf_cs = 3, .tf_eflags = FL_VM | FL_IF }); }
static void frame_tf_nt(void) { run_frame((struct Trapframe) {
	.tf_eip = UTEXT, .tf_esp = USTACKTOP,
	.tf_eflags = FL_TF | FL_NT | FL_RF }); }

static void
frame_wraps(void)
{
	own_faults_end_us();
	sys_env_set_trapframe(0, (void *) 0xFFFFFFF0);
	panic("a frame at the end of memory was taken");
}

static void
frame_half_there(void)
{
	own_faults_end_us();
	sys_page_alloc(0, PAGE, FUZZ_RW);
	sys_env_set_trapframe(0, (void *) (PAGE + PGSIZE - 4));
	panic("half a frame was taken");
}

// --------------------------------------------------------- exception stack

static void
touch(uintptr_t va)
{
	*(volatile char *) va = 1;
}

static void
upcall_at(void *upcall)
{
	sys_page_alloc(0, XSTACK, FUZZ_RW);
	sys_env_set_pgfault_upcall(0, upcall);
	touch(0);
}

static void upcall_kernel(void) { upcall_at((void *) KERNBASE); }
static void upcall_utop(void) { upcall_at((void *) UTOP); }
static void upcall_top(void) { upcall_at((void *) 0xFFFFFFFF); }
static void upcall_nowhere(void) { upcall_at((void *) 0x70000000); }
static void upcall_xstack(void) { upcall_at(XSTACK); }

static void
upcall_fn(void)
{
	touch(0);			// recursive faults fill the stack
}
static void upcall_recursive(void) { upcall_at(upcall_fn); }

static void
xstack_read_only(void)
{
	sys_page_alloc(0, XSTACK, FUZZ_RO);
	sys_env_set_pgfault_upcall(0, upcall_fn);
	touch(0);
}

static void
xstack_missing(void)
{
	sys_page_unmap(0, XSTACK);
	sys_env_set_pgfault_upcall(0, upcall_fn);
	touch(0);
}

static void
esp_in_xstack(void)
{
	sys_page_alloc(0, XSTACK, FUZZ_RW);
	sys_env_set_pgfault_upcall(0, upcall_fn);
	__asm__ volatile("movl %0, %%esp; movl %%eax, 0" : :
		"r" (XSTACK + 8));
}

// A page is mapped below the exception stack; the stack must not grow into it.
static void
xstack_beyond(void)
{
	sys_page_alloc(0, XSTACK - PGSIZE, FUZZ_RW);
	upcall_at(upcall_fn);
}

// The handler itself pushes beyond the end of the exception stack.
static void
deep_fn(void)
{
	volatile char frame[PGSIZE / 2 + 64];

	for (unsigned i = 0; i < sizeof(frame); i++)
		frame[i] = 1;
	touch(0);
}

static void
xstack_left(void)
{
	sys_page_alloc(0, XSTACK - PGSIZE, FUZZ_RW);
	upcall_at(deep_fn);
}

// The kernel aligns a UTrapframe to words, whatever %esp is.  (With SAN=1, a
// kernel that does not panics.)
static void
esp_odd(void)
{
	sys_page_alloc(0, XSTACK, FUZZ_RW);
	sys_env_set_pgfault_upcall(0, upcall_fn);
	__asm__ volatile("movl %0, %%esp; movl %%eax, 0" : :
		"r" (XSTACK + PGSIZE - 1023));
}

static void
esp_at_edge(void)
{
	sys_page_alloc(0, XSTACK, FUZZ_RW);
	sys_env_set_pgfault_upcall(0, upcall_fn);
	__asm__ volatile("movl %0, %%esp; movl %%eax, 0" : : "r" (XSTACK));
}

// ----------------------------------------------------------- system calls

static void
cputs_wraps(void)
{
	own_faults_end_us();
	sys_cputs((char *) UTEXT, 0xFFFFFFFF);
	panic("printed all memory");
}

static void
cputs_to_ulim(void)
{
	own_faults_end_us();
	sys_cputs((char *) ULIM - 1, 2);
	panic("printed what is the kernel's");
}

static void
cputs_nothing(void)
{
	sys_cputs((char *) 0xFFFFFFFF, 0);
	sys_cputs(0, 0);
}

static void
unmap_nothing(void)
{
	for (uintptr_t i = 0; i < 4000; i++)
		sys_page_unmap(0, (void *) (0x40000000 + i * PGSIZE));
}

static void
windows(void)
{
	// No other kernel data is visible behind envs[], on its last page
	uintptr_t past = UENVS + ROUNDUP(NENV * sizeof(struct Env), PGSIZE);

	own_faults_end_us();
	for (uintptr_t va = UENVS + NENV * sizeof(struct Env); va < past; va++)
		if (*(volatile char *) va)
			panic("behind envs: %02x", *(volatile char *) va);
	(void) *(volatile char *) past;
	panic("the page behind envs can be read");
}

static void
windows_written(void)
{
	own_faults_end_us();
	touch(UENVS);
	panic("envs can be written");
}

static void
map_windows(void)
{
	if (sys_page_map(0, (void *) UENVS, 0, PAGE, FUZZ_RW) != -E_INVAL
	    || sys_page_map(0, (void *) UPAGES, 0, PAGE, FUZZ_RO) != -E_INVAL
	    || sys_page_map(0, (void *) UVPT, 0, PAGE, FUZZ_RO) != -E_INVAL)
		panic("a window can be mapped");
}

static void
kill_others(void)
{
	envid_t fs = ipc_find_env(ENV_TYPE_FS);

	if (sys_env_destroy(fs) != -E_BAD_ENV
	    || sys_env_destroy(parent) != -E_BAD_ENV
	    || sys_env_set_status(fs, ENV_NOT_RUNNABLE) != -E_BAD_ENV
	    || sys_env_set_pgfault_upcall(fs, NULL) != -E_BAD_ENV
	    || sys_page_alloc(fs, (void *) UTEXT, FUZZ_RW) != -E_BAD_ENV)
		panic("the file server can be hurt");
}

static void
stop_self(void)
{
	sys_env_set_status(0, ENV_NOT_RUNNABLE);	// never woken
	panic("still running");
}

static void
orphans(void)
{
	for (int i = 0; i < 5; i++)
		if (fork_or_panic() == 0) {
			sys_yield();
			exit();
		}
}

// --------------------------------------------------------------------- IPC

static void
ipc_self(void)
{
	if (sys_ipc_try_send(0, 1, NO_PAGE, 0) != -E_IPC_NOT_RECV)
		panic("a message to oneself");
}

// Receive a page in place of the program's own code or stack.
static void
ipc_onto(char *va)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		own_faults_end_us();
		sys_ipc_recv(va);
		exit();
	}
	sys_page_alloc(0, PAGE, FUZZ_RW);
	while (!envs[ENVX(child)].env_ipc_recving && !is_gone(child))
		sys_yield();
	sys_ipc_try_send(child, 0, PAGE, FUZZ_RW);
	wait(child);
}

static void ipc_onto_code(void) { ipc_onto((char *) UTEXT); }
static void ipc_onto_stack(void) { ipc_onto((char *) USTACKTOP - PGSIZE); }
static void ipc_onto_xstack(void) { ipc_onto(XSTACK); }

static void
ipc_flood_server(void)
{
	envid_t fs = ipc_find_env(ENV_TYPE_FS);

	for (int i = 0; i < 300; i++)
		sys_ipc_try_send(fs, i, NO_PAGE, 0);
}

static void
request_and_die(void)
{
	envid_t fs = ipc_find_env(ENV_TYPE_FS);

	strcpy(fsipcbuf.open.req_path, "/motd");
	while (sys_ipc_try_send(fs, FSREQ_OPEN, &fsipcbuf, FUZZ_RW) < 0)
		sys_yield();
}

static void
request_with_code(void)
{
	envid_t fs = ipc_find_env(ENV_TYPE_FS);

	while (sys_ipc_try_send(fs, FSREQ_READ, (void *) UTEXT, FUZZ_RO) < 0)
		sys_yield();
	sys_ipc_recv((void *) UTEXT);
}

#define A(name) { #name, name, false }
#define A_STOPS(name) { #name, name, true }
static const struct Attack {
	const char *name;
	void (*run)(void);
	bool stops;			// the child stops itself
} attacks[] = {
	A(flags_nt), A(flags_tf), A(flags_df), A(flags_ac), A(flags_rf),
	A(flags_id), A(flags_vm), A(flags_iopl), A(flags_all), A(flags_none),
	A(df_into_kernel), A(do_cli), A(do_hlt), A(do_in), A(do_out),
	A(do_lgdt), A(do_ltr), A(do_cr0), A(do_cr3), A(do_wrmsr),
	A(do_sysenter), A(do_int0), A(do_int1), A(do_int2), A(do_int3),
	A(do_int4), A(do_int8), A(do_int14), A(do_int32), A(do_int39),
	A(do_int49), A(do_int255), A(do_icebp), A(do_ud2), A(do_ds),
	A(do_ds_kernel), A(do_ss_null), A(do_es_then_call), A(do_far_call),
	A(do_far_tss), A(do_esp_0), A(do_esp_kernel), A(do_jump_kernel),
	A(do_jump_top), A(do_iret_vm), A(do_iret_ring0), A(frame_ones),
	A(frame_zeros), A(frame_kernel), A(frame_vm86), A(frame_tf_nt),
	A(frame_wraps), A(frame_half_there), A(upcall_kernel), A(upcall_utop),
	A(upcall_top), A(upcall_nowhere), A(upcall_xstack),
	A(upcall_recursive), A(xstack_read_only), A(xstack_missing),
	A(esp_in_xstack), A(esp_at_edge), A(esp_odd), A(xstack_beyond),
	A(xstack_left), A(cputs_wraps), A(cputs_to_ulim), A(cputs_nothing),
	A(unmap_nothing), A(windows), A(windows_written), A(map_windows),
	A(kill_others), A_STOPS(stop_self), A(orphans), A(ipc_self),
	A(ipc_onto_code), A(ipc_onto_stack), A(ipc_onto_xstack),
	A(ipc_flood_server), A(request_and_die), A(request_with_code),
};

#define CHECK_AFTER	8		// attacks

// Yields until an environment counts as leaked.  Many, because the host may not
// run the CPU on which an environment has yet to end.
#define LOST_AFTER	1000000

// Make an attack.  The child has no timeout: its CPU may be one that the host
// does not run for a while.  If it were destroyed, it might not have attacked
// yet, or might leave a child that waits for its message for ever.
static void
attack(const struct Attack *a)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		a->run();
		exit();
	}
	if (a->stops) {
		while (envs[ENVX(child)].env_status != ENV_NOT_RUNNABLE
		       && !is_gone(child))
			sys_yield();
		sys_env_destroy(child);
	}
	wait(child);
}

static int
all_free_envs(void)
{
	int n = 0;

	for (int i = 0; i < NENV; i++)
		n += envs[i].env_status == ENV_FREE;
	return n;
}

void
umain(int argc, char **argv)
{
	int before, envs_before;
	bool one = argc > 1;

	close_all();
	parent = sys_getenvid();
	check_child();
	check_server();
	free_pages();
	before = free_pages();
	envs_before = all_free_envs();
	for (unsigned i = 0; i < ARRAY_SIZE(attacks); i++) {
		if (one && strcmp(argv[1], attacks[i].name) != 0)
			continue;
		cprintf("%d: %s\n", i, attacks[i].name);
		attack(&attacks[i]);
		if (i % CHECK_AFTER == 0) {
			check_child();
			check_server();
		}
		for (int t = 0; t < LOST_AFTER
		     && all_free_envs() < envs_before; t++)
			sys_yield();
		if (all_free_envs() != envs_before)
			panic("%s: environments are lost", attacks[i].name);
	}
	check_child();
	check_server();

	int after = free_pages();

	if (after != before)
		panic("%d pages, then %d", before, after);
	cprintf("testhostile ok\n");
}
