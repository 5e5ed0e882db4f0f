// kern/debug/contract_env.c - contracts of lab 3: environments, the ways into
// the kernel, and addresses that programs pass.
//
// They run in the monitor where a program has stopped, user/breakpoint.c, which
// is curenv.
//
// Entry points: contract_envs, contract_gates, contract_usermem,
// contract_second.

#include <inc/elf.h>
#include <inc/error.h>
#include <inc/linetab.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/debug/contract.h>
#include <kern/env.h>
#include <kern/firstenv.h>
#include <kern/kdebug.h>
#include <kern/panic.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/trap.h>

#define EXERCISE_2	"lab 3, exercise 2; kern/env.c"
#define ALL_FREE	(PTE_U | PTE_W | PTE_P)

// What is static in kern/env.c; not there in a kern/env.c from elsewhere
extern void (*const contract_region_alloc)(struct Env *e, void *va, size_t len)
	__attribute__((weak));

// What both levels say of va, without the bits that the processor sets
static pte_t
entry_of(const pde_t *pgdir, uintptr_t va)
{
	const pte_t *pte = page_entry((pde_t *) pgdir, (const void *) va);

	return pte ? *pte & ~(PTE_A | PTE_D) : 0;
}

static size_t
count_pages(const struct Env *e)
{
	size_t n = 0;

	for (uint32_t pdx = 0; pdx < PDX(UTOP); pdx++)
		for (uint32_t ptx = 0; ptx < NPTENTRIES
		     && (e->env_pgdir[pdx] & PTE_P); ptx++)
			n += (entry_of(e->env_pgdir,
				(uintptr_t) PGADDR(pdx, ptx, 0)) & PTE_P) != 0;
	return n;
}

static void
end_env(struct Env *e)
{
	env_free(e);
	while (reap_pending())
		reap_some();
}

static const struct Program *
program_named(const char *name)
{
	const struct Program *p = programs;

	while (p->name && strcmp(p->name, name) != 0)
		p++;
	return p->name ? p : NULL;
}

// ------------------------------------------------------------- environments

// Only envs[0] was ever in use.
static void
contract_env_init(void)
{
	const struct Env *e = env_free_list;
	int i = 1;

	look_at("env_init", EXERCISE_2);
	expect(curenv == &envs[0], "the first environment should be envs[0]");
	if (curenv != &envs[0])
		return;
	for (; i < NENV && e == &envs[i]; i++) {
		expect(e->env_id == 0 && e->env_status == ENV_FREE,
			"envs[%d] should be free, with id 0", i);
		e = e->env_link;
	}
	expect(i == NENV && e == NULL, "the free list should go through envs[] "
		"in order, up to envs[%d]; it leaves the order at envs[%d]",
		NENV - 1, i);
}

static void
contract_setup_vm(void)
{
	const struct Env *const first = env_free_list;
	const pde_t self = kern_pgdir[PDX(UVPT)];
	struct Env *e = NULL;

	look_at("env_setup_vm", EXERCISE_2);
	hide_pages();
	int r = env_alloc(&e, 0);
	show_pages();
	expect(r == -E_NO_MEM && env_free_list == first, "without memory for a "
		"page directory, env_alloc should return -E_NO_MEM and take no "
		"environment; it returns %d", r);
	if (r == 0)
		return;

	memset(page2kva(page_free_list), 0xFF, PGSIZE);
	r = env_alloc(&e, 0);
	expect(r == 0, "env_alloc should return 0, and returns %d", r);
	if (r < 0)
		return;

	const uintptr_t dir = (uintptr_t) e->env_pgdir;
	const bool good = dir >= KERNBASE && dir % PGSIZE == 0
		&& e->env_pgdir != kern_pgdir;

	expect(good, "env_pgdir should be the kernel's address of a page of "
		"its own; it is %08x", dir);
	if (!good)
		return;
	expect(pa2page(PADDR(e->env_pgdir))->pp_ref == 1,
		"should count a reference to the page directory; pp_ref is %d",
		pa2page(PADDR(e->env_pgdir))->pp_ref);
	for (uint32_t pdx = 0; pdx < NPDENTRIES; pdx++) {
		const pde_t have = e->env_pgdir[pdx] & ~(PTE_A | PTE_D);
		const pde_t want = pdx < PDX(UTOP) ? 0
			: pdx == PDX(UVPT) ? PADDR(dir) | PTE_P | PTE_U
			: kern_pgdir[pdx] & ~(PTE_A | PTE_D);

		expect(have == want, "entry %03x of the directory should be "
			"%08x, and is %08x%s", pdx, want, have,
			pdx == PDX(UVPT) ? " (UVPT)" : "");
	}
	expect((kern_pgdir[PDX(UVPT)] & ~PTE_A) == (self & ~PTE_A),
		"changes the kernel's page directory");
	end_env(e);
}

static void
expect_region(struct Env *e, uintptr_t va, size_t len, size_t npages)
{
	const size_t before = count_pages(e);

	contract_region_alloc(e, (void *) va, len);
	const size_t got = count_pages(e) - before;
	expect(got == npages, "of %u bytes at %08x should map %u pages, and "
		"maps %u", len, va, npages, got);
	for (size_t i = 0; i < npages; i++) {
		const uintptr_t a = ROUNDDOWN(va, PGSIZE) + i * PGSIZE;
		const pte_t pte = entry_of(e->env_pgdir, a);

		expect((pte & ALL_FREE) == ALL_FREE, "of %u bytes at %08x: "
			"programs should be able to write to %08x; its entry "
			"is %08x", len, va, a, pte);
		if (pte & PTE_P)
			expect(pa2page(pte)->pp_ref == 1, "pp_ref of a page "
				"should be 1, and is %d", pa2page(pte)->pp_ref);
	}
}

static void
alloc_for_nothing(void *e)
{
	contract_region_alloc(e, (void *) 0x02000000, PGSIZE);
}

// Without memory: without any, and with one page, but none for a page table
static void
contract_region_fails(struct Env *e)
{
	struct PageInfo *const pp = page_alloc(0);

	hide_pages();
	expect(panic_of(alloc_for_nothing, e) != NULL,
		"should panic without memory");
	if (pp) {
		page_free(pp);
		expect(panic_of(alloc_for_nothing, e) != NULL,
			"should panic without memory for a page table");
		if (!page_free_list && pp->pp_ref == 0)
			page_free(pp);
	}
	show_pages();
}

static void
contract_regions(void)
{
	struct Env *e;

	look_at("region_alloc", EXERCISE_2);
	if (!&contract_region_alloc || env_alloc(&e, 0) < 0)
		return;
	expect_region(e, 0x00a00000, PGSIZE, 1);
	expect_region(e, 0x00b00000, 1, 1);
	expect_region(e, 0x00c00ffe, 4, 2);
	expect_region(e, 0x00d00010, PGSIZE - 0x10, 1);
	expect_region(e, 0x00e00001, PGSIZE, 2);
	expect_region(e, 0x00f00000, 3 * PGSIZE + 1, 4);
	expect_region(e, 0x00bff000 + 0x400000, 2 * PGSIZE, 2);
	expect_region(e, 0x01400000, 0, 0);
	// The second of three pages is there already
	expect_region(e, 0x01501000, PGSIZE, 1);
	contract_region_alloc(e, (void *) 0x01500000, 3 * PGSIZE);
	expect(entry_of(e->env_pgdir, 0x01500000)
		&& entry_of(e->env_pgdir, 0x01502000), "of three pages of which "
		"the second is there already: should map the others");
	contract_region_fails(e);
	end_env(e);
}

// The byte of e at va, which must be mapped
static int
byte_at(const struct Env *e, uintptr_t va)
{
	const pte_t pte = entry_of(e->env_pgdir, va);

	return pte & PTE_P
		? ((uint8_t *) KADDR(PTE_ADDR(pte)))[PGOFF(va)] : -1;
}

// One segment: the bytes of the file, then zeros.  Returns how many pages it
// lies in that are not among those up to *end, which moves on.
static size_t
expect_segment(const struct Env *e, const uint8_t *file,
	const struct Proghdr *ph, uintptr_t *end)
{
	const uintptr_t last = ROUNDUP(ph->p_va + ph->p_memsz, PGSIZE);
	const uintptr_t from = MAX(ROUNDDOWN(ph->p_va, PGSIZE), *end);

	for (uint32_t i = 0; i < ph->p_memsz; i++) {
		const int want = i < ph->p_filesz ? file[ph->p_offset + i] : 0;
		const int got = byte_at(e, ph->p_va + i);

		if (got == want)
			continue;
		expect(false, "the byte at %08x, %s, should be %02x, and is "
			"%02x%s", ph->p_va + i, i < ph->p_filesz
			? "which the file has" : "behind what the file has",
			want, got, got < 0 ? ": nothing is mapped there" : "");
		break;
	}
	*end = MAX(*end, last);
	return last > from ? (last - from) / PGSIZE : 0;
}

static void
expect_loaded(const struct Env *e, const struct Program *p)
{
	const struct Elf *elf = (const void *) p->start;
	const struct Proghdr *ph = (const void *) (p->start + elf->e_phoff);
	size_t npages = 1;			// the stack
	uintptr_t end = 0;
	const uintptr_t stack = USTACKTOP - PGSIZE;

	for (int i = 0; i < elf->e_phnum; i++)
		if (ph[i].p_type == ELF_PROG_LOAD)
			npages += expect_segment(e, p->start, &ph[i], &end);
	expect((entry_of(e->env_pgdir, stack) & ALL_FREE) == ALL_FREE,
		"the page below USTACKTOP should be mapped for the program's "
		"stack; its entry is %08x", entry_of(e->env_pgdir, stack));
	expect(count_pages(e) == npages, "%s should have %u pages, and has %u",
		p->name, npages, count_pages(e));
	expect(e->env_tf.tf_eip == elf->e_entry, "%s should begin at %08x, and "
		"begins at %08x", p->name, elf->e_entry, e->env_tf.tf_eip);
	expect(e->env_tf.tf_esp == USTACKTOP, "tf_esp should be USTACKTOP, and "
		"is %08x", e->env_tf.tf_esp);
}

static void
create(void *binary)
{
	env_create(binary, ENV_TYPE_USER);
}

static void
contract_create(const char *name)
{
	const struct Program *const p = program_named(name);
	struct Env *const e = env_free_list;
	const physaddr_t cr3 = rcr3();

	if (!p)
		return;
	look_at("load_icode", EXERCISE_2);
	const char *said = panic_of(create, p->start);
	expect(rcr3() == PADDR(kern_pgdir) || rcr3() == cr3,
		"should load the kernel's page directory again at its end");
	lcr3(cr3);
	expect(said == NULL, "panics: %s", said);
	expect_loaded(e, p);

	look_at("env_create", EXERCISE_2);
	expect(e->env_status == ENV_RUNNABLE, "the status should be "
		"ENV_RUNNABLE, and is %d", e->env_status);
	expect(e->env_type == ENV_TYPE_USER, "env_type should be "
		"ENV_TYPE_USER, and is %d", e->env_type);
	expect(e->env_parent_id == 0, "the parent should be 0, and is %08x",
		e->env_parent_id);
	expect(!(e->env_tf.tf_eflags & FL_IOPL_MASK),
		"a program should have no I/O privilege");
	if (e->env_status != ENV_FREE)
		end_env(e);
}

// Programs are in the kernel's read-only part.
static void
set_type(struct Proghdr *ph, uint32_t type)
{
	const uint32_t cr0 = rcr0();

	lcr0(cr0 & ~CR0_WP);
	ph->p_type = type;
	lcr0(cr0);
}

// A segment of another type is not for memory.
static void
contract_load_only(const char *name)
{
	const struct Program *const p = program_named(name);

	if (!p)
		return;

	const struct Elf *elf = (const void *) p->start;
	struct Proghdr *ph = (void *) (p->start + elf->e_phoff);
	struct Proghdr *last = ph + elf->e_phnum - 1;

	while (last > ph && last->p_type != ELF_PROG_LOAD)
		last--;
	set_type(last, ELF_PROG_LOAD + 1);
	contract_create(name);
	set_type(last, ELF_PROG_LOAD);
}

// What env_create cannot do must panic.
static void
contract_create_fails(void)
{
	static uint8_t garbage[PGSIZE] __attribute__((aligned(16)));
	struct Env *const first = env_free_list;
	const physaddr_t cr3 = rcr3();

	look_at("env_create", EXERCISE_2);
	env_free_list = NULL;
	expect(panic_of(create, programs[0].start) != NULL,
		"should panic when there is no free environment");
	env_free_list = first;
	hide_pages();
	expect(panic_of(create, programs[0].start) != NULL,
		"should panic when there is no memory");
	show_pages();

	look_at("load_icode", EXERCISE_2);
	expect(panic_of(create, garbage) != NULL,
		"should panic at what is no ELF file");
	lcr3(cr3);
	if (first->env_status != ENV_FREE)
		end_env(first);
}

void
contract_envs(void)
{
	const size_t free = page_free_count();

	contract_env_init();
	contract_setup_vm();
	contract_regions();
	contract_create("user_hello");
	contract_create("user_testbss");
	contract_load_only("user_hello");
	contract_create_fails();

	look_at("env_setup_vm, region_alloc", EXERCISE_2);
	expect(page_free_count() == free, "%d pages do not come back when "
		"environments end", (int) (free - page_free_count()));
	look_at("env_run", EXERCISE_2);
	expect(curenv->env_runs == 1 && curenv->env_status == ENV_RUNNING,
		"the only environment should have started once, and be "
		"ENV_RUNNING; env_runs is %u, the status %d",
		curenv->env_runs, curenv->env_status);
	expect(rcr3() == PADDR(curenv->env_pgdir),
		"should load the environment's page directory");
}

// --------------------------------------------------- the ways into the kernel

// What registers have when a stub begins; odd, but the lowest bits of what a
// wrong stub may take for tf_cs are 0.
#define WANT_EDI	0xD1D1D1D0
#define WANT_ESI	0x51515150
#define WANT_EBP	0xB9B9B9B4
#define WANT_EBX	0xBBBBBBB8
#define WANT_EDX	0xDDDDDDD4
#define WANT_ECX	0xCCCCCCC8
#define WANT_EAX	0xAAAAAAA4
#define WANT_ERR	0x00000EE4
#define WANT_FLAGS	0x00000044
#define WANT_DS		(GD_UD | 3)
#define WANT_ES		(GD_UT | 3)

// Made by kern/trapentry.S; not there in one from elsewhere
struct Vector {
	uint32_t num;
	void (*stub)(void);
};
extern const struct Vector trap_vectors[] __attribute__((weak));
extern const struct Vector trap_vectors_end[] __attribute__((weak));

static struct Trapframe seen;
static uint16_t seen_ds, seen_es;
uintptr_t contract_target;		// the stub; contract_back: tf_eip
extern char contract_back[];

static void
see_trap(struct Trapframe *tf)
{
	trap_hook = NULL;
	seen = *tf;
	__asm__ volatile("movw %%ds, %0; movw %%es, %1"
		: "=r" (seen_ds), "=r" (seen_es));
	panic("the trap has come");	// which panic_of catches
}

// Do what the processor does at a trap in the kernel, and what it leaves to a
// stub to find.
#define PUSH_FRAME							\
	"pushl $0; pushl $0; pushl %0; pushl %1; pushl $contract_back\n\t"
#define SET_REGISTERS							\
	"movl %2, %%eax; movw %%ax, %%ds; movl %3, %%eax; movw %%ax, %%es\n\t" \
	"movl %4, %%edi; movl %5, %%esi; movl %6, %%ebp; movl %7, %%ebx\n\t" \
	"movl %8, %%edx; movl %9, %%ecx; movl %10, %%eax\n\t"		\
	"jmp *contract_target\n\t"
#define VALUES	"i" (WANT_FLAGS), "i" (GD_KT), "i" (WANT_DS),		\
	"i" (WANT_ES), "i" (WANT_EDI), "i" (WANT_ESI), "i" (WANT_EBP),	\
	"i" (WANT_EBX), "i" (WANT_EDX), "i" (WANT_ECX), "i" (WANT_EAX)

static void __attribute__((noinline))
raise(void *with_error)
{
	if (with_error)
		__asm__ volatile(PUSH_FRAME "pushl %11\n\t" SET_REGISTERS
			: : VALUES, "i" (WANT_ERR) : "memory");
	__asm__ volatile(PUSH_FRAME SET_REGISTERS
		".p2align 2\ncontract_back:\n\tud2"
		: : VALUES : "memory");
	__builtin_unreachable();
}

static bool
has_error_code(int num)
{
	return num == T_DBLFLT || num == T_TSS || num == T_SEGNP
		|| num == T_STACK || num == T_GPFLT || num == T_PGFLT
		|| num == T_ALIGN;
}

static const char *
trap_name(int num)
{
	static const char *const names[] = {
		"DIVIDE", "DEBUG", "NMI", "BRKPT", "OFLOW", "BOUND", "ILLOP",
		"DEVICE", "DBLFLT", "9", "TSS", "SEGNP", "STACK", "GPFLT",
		"PGFLT", "15", "FPERR", "ALIGN", "MCHK", "SIMDERR",
	};

	return num == T_SYSCALL ? "SYSCALL" : names[num];
}

static void
expect_saved(const char *what, uint32_t got, uint32_t want)
{
	expect(got == want, "%s should be %08x, as it was before the trap, and "
		"is %08x", what, want, got);
}

// The frame that the stub of trap num, which begins at target, leaves
static void
contract_stub(int num, uintptr_t target)
{
	const bool error = has_error_code(num);
	const char *const name = trap_name(num);

	contract_target = target;
	memset(&seen, 0, sizeof(seen));
	trap_hook = see_trap;
	panic_of(raise, (void *) error);
	trap_hook = NULL;
	expect(seen.tf_trapno == (uint32_t) num, "the gate of T_%s, %d, leads "
		"to a stub that pushes the number %d", name, num,
		seen.tf_trapno);
	expect(seen.tf_eip == (uintptr_t) contract_back
		&& seen.tf_err == (error ? WANT_ERR : 0), error
		? "the processor pushes an error code for T_%s: the stub should "
		"push none" : "the processor pushes no error code for T_%s: "
		"the stub should push 0", name);
	if (num != T_SYSCALL || seen.tf_eip != (uintptr_t) contract_back)
		return;

	look_at("_alltraps", "lab 3, exercise 4; kern/trapentry.S");
	expect_saved("tf_regs.reg_edi", seen.tf_regs.reg_edi, WANT_EDI);
	expect_saved("tf_regs.reg_esi", seen.tf_regs.reg_esi, WANT_ESI);
	expect_saved("tf_regs.reg_ebp", seen.tf_regs.reg_ebp, WANT_EBP);
	expect_saved("tf_regs.reg_ebx", seen.tf_regs.reg_ebx, WANT_EBX);
	expect_saved("tf_regs.reg_edx", seen.tf_regs.reg_edx, WANT_EDX);
	expect_saved("tf_regs.reg_ecx", seen.tf_regs.reg_ecx, WANT_ECX);
	expect_saved("tf_regs.reg_eax", seen.tf_regs.reg_eax, WANT_EAX);
	expect_saved("tf_ds", seen.tf_ds, WANT_DS);
	expect_saved("tf_es", seen.tf_es, WANT_ES);
	expect(seen_ds == GD_KD && seen_es == GD_KD, "should load GD_KD into "
		"ds and es; they are %04x and %04x", seen_ds, seen_es);
}

static void
contract_gate(int num)
{
	const struct Gatedesc g = idt[num];
	const char *const name = trap_name(num);
	const bool user = num == T_BRKPT || num == T_SYSCALL;

	look_at("trap_init", "lab 3, exercises 4 and 7; kern/trap.c");
	expect(g.gd_p, "T_%s, %d, should have a gate: is it missing among the "
		"stubs?", name, num);
	if (!g.gd_p)
		return;
	expect(g.gd_type == STS_IG32, "the gate of T_%s should be an interrupt "
		"gate, so that interrupts are off in the kernel; its type is "
		"%d", name, g.gd_type);
	expect(g.gd_sel == GD_KT, "the gate of T_%s should have the selector "
		"GD_KT, and has %04x", name, g.gd_sel);
	if (num != T_OFLOW)		// into may be for programs
		expect(g.gd_dpl == (user ? 3 : 0), user ? "programs should be "
			"able to use the gate of T_%s: its DPL is %d"
			: "programs should not be able to use the gate of T_%s: "
			"its DPL is %d", name, g.gd_dpl);
	look_at("entry stubs, trap_init", "lab 3, exercises 4 and 7; "
		"kern/trapentry.S, kern/trap.c");
	contract_stub(num, g.gd_off_31_16 << 16 | g.gd_off_15_0);
}

// The gate of double faults may lead elsewhere, but there is a stub for them,
// too.
static void
contract_double_fault(void)
{
	const struct Vector *v = trap_vectors;

	look_at("entry stubs", "lab 3, exercise 4; kern/trapentry.S");
	while (v < trap_vectors_end && v->num != T_DBLFLT)
		v++;
	expect(v < trap_vectors_end || v == NULL,
		"there is no stub for T_DBLFLT");
	if (v < trap_vectors_end)
		contract_stub(T_DBLFLT, (uintptr_t) v->stub);
}

static void
read_nothing(void *va)
{
	(void) *(volatile uint32_t *) va;
}

static void
write_nothing(void *va)
{
	*(volatile uint32_t *) va = 1;
}

void
contract_gates(void)
{
	for (int num = T_DIVIDE; num <= T_SIMDERR; num++)
		if (num != 9 && num != 15 && num != T_DBLFLT)
			contract_gate(num);
	contract_double_fault();
	contract_gate(T_SYSCALL);
	for (int num = T_SIMDERR + 1; num < 256; num++)
		expect(!idt[num].gd_p || idt[num].gd_dpl == 0
			|| num == T_SYSCALL, "programs should not be able to "
			"use the gate of %d", num);

	look_at("page_fault_handler", "lab 3, exercise 9; kern/trap.c");
	expect(panic_of(read_nothing, (void *) 0) != NULL
		&& panic_of(read_nothing, (void *) (ULIM + 0x3fe000)) != NULL
		&& panic_of(write_nothing, (void *) UTEXT - PGSIZE) != NULL,
		"should panic when the kernel reads what is not mapped");
	expect(panic_of(write_nothing, (void *) UENVS) != NULL
		&& panic_of(write_nothing, entry) != NULL,
		"should panic when the kernel writes to a read-only page");
}

// ------------------------------------------------- addresses from programs

#define A	0x40000000u		// a page that the program may write to,
#define B	(A + PGSIZE)		// one that it may read, one that is
#define C	(B + PGSIZE)		// the kernel's, and one that is not
#define D	(C + PGSIZE)		// mapped; another table begins at E
#define E	0x40400000u
#define FAR	0x50000000u		// without a page table

// first: the first address that may not be used, or 0
static void
expect_check(struct Env *e, uintptr_t va, size_t len, int perm, uintptr_t first)
{
	user_mem_check_addr = 0xdeadbee;
	const int r = user_mem_check(e, (void *) va, len, perm | PTE_P);

	expect(r == (first ? -E_FAULT : 0), "%u bytes at %08x with permissions "
		"%d: should return %d, and returns %d", len, va, perm,
		first ? -E_FAULT : 0, r);
	if (r < 0 && first)
		expect(user_mem_check_addr == first, "%u bytes at %08x with "
			"permissions %d: user_mem_check_addr should be %08x, "
			"and is %08x", len, va, perm, first,
			user_mem_check_addr);
}

static void
map_test_pages(struct Env *e)
{
	static const struct {
		uintptr_t va;
		int perm;
	} all[] = {
		{ A, PTE_U | PTE_W }, { B, PTE_U }, { C, PTE_W },
		{ E - PGSIZE, PTE_U | PTE_W }, { E, PTE_U | PTE_W },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct PageInfo *pp = page_alloc(ALLOC_ZERO);

		if (!pp || page_insert(e->env_pgdir, pp, (void *) all[i].va,
				all[i].perm) < 0)
			panic("no page for a check");
	}
}

static void
contract_user_mem_check(struct Env *e)
{
	const int U = PTE_U, W = PTE_U | PTE_W;

	expect_check(e, A, 1, W, 0);
	expect_check(e, A, PGSIZE, W, 0);
	expect_check(e, A + PGSIZE - 1, 1, W, 0);
	expect_check(e, A, 2 * PGSIZE, U, 0);
	expect_check(e, A + 5, 2 * PGSIZE - 5, U, 0);
	expect_check(e, A + PGSIZE - 1, 2, U, 0);
	expect_check(e, B, 1, W, B);
	expect_check(e, B + 5, 1, W, B + 5);
	expect_check(e, A, PGSIZE + 1, W, B);
	expect_check(e, A + PGSIZE - 1, 2, W, B);
	expect_check(e, A + 5, 4 * PGSIZE, W, B);
	expect_check(e, A + 5, PGSIZE, W, B);
	expect_check(e, A, 2 * PGSIZE + 1, U, C);
	expect_check(e, A + 5, 2 * PGSIZE, U, C);
	expect_check(e, B + PGSIZE - 1, 2, U, C);
	expect_check(e, C, 1, U, C);
	expect_check(e, C + 7, PGSIZE, U, C + 7);
	expect_check(e, C + PGSIZE - 1, 1, W, C + PGSIZE - 1);
	expect_check(e, D, 1, U, D);
	expect_check(e, D + 0x123, 4, U, D + 0x123);
	expect(user_mem_check(e, NULL, 4, U | PTE_P) == -E_FAULT
		&& user_mem_check_addr == 0, "4 bytes at 0: should return "
		"-E_FAULT, with user_mem_check_addr 0");
	expect_check(e, 1, 1, U, 1);
	expect_check(e, E - PGSIZE, 2 * PGSIZE, W, 0);
	expect_check(e, E - 1, 2, W, 0);
	expect_check(e, E - 1, PGSIZE + 2, W, E + PGSIZE);
	expect_check(e, A, E - A, U, C);
	expect_check(e, A - PGSIZE, PGSIZE + 1, U, A - PGSIZE);

	// No bytes are no mistake
	expect_check(e, A, 0, W, 0);
	expect_check(e, D, 0, W, 0);
	expect_check(e, KERNBASE, 0, W, 0);

	// Windows that programs may read
	expect_check(e, UENVS, NENV * sizeof(struct Env), U, 0);
	expect_check(e, UENVS + 4, 4, W, UENVS + 4);
	expect_check(e, UPAGES, 8, U, 0);
	expect_check(e, UPAGES, 8, W, UPAGES);
	expect_check(e, UVPT + PGNUM(A) * 4, 4, U, 0);
	expect_check(e, UVPT + PGNUM(A) * 4, 4, W, UVPT + PGNUM(A) * 4);

	// The kernel, and what wraps around
	expect_check(e, ULIM, 1, U, ULIM);
	expect_check(e, KERNBASE, 1, U, KERNBASE);
	expect_check(e, KERNBASE, 1, 0, KERNBASE);
	expect_check(e, KERNBASE + 5, PGSIZE, W, KERNBASE + 5);
	expect_check(e, KSTACKTOP - 4, 4, U, KSTACKTOP - 4);
	expect_check(e, 0xffffffff, 1, U, 0xffffffff);
	expect_check(e, 0xfffff000, 2 * PGSIZE, U, 0xfffff000);
	expect_check(e, A, 0xffffffff, U, C);
	expect_check(e, A, 0u - A, U, C);
	expect_check(e, A, 0u - A + PGSIZE, U, C);
	expect_check(e, B + 1, 0u - PGSIZE, U, C);
	expect_check(e, A + 1, 0xffffffff, U, C);

	// Nothing from ULIM on is a program's, whatever the tables allow there
	const pde_t pde = e->env_pgdir[PDX(ULIM)];
	e->env_pgdir[PDX(ULIM)] = e->env_pgdir[PDX(A)];
	expect_check(e, ULIM, 1, U, ULIM);
	expect_check(e, ULIM + 5, 1, W, ULIM + 5);
	// Where large pages map the kernel, the window at UVPT ends before ULIM
	expect_check(e, ULIM - 4, 8, U,
		e->env_pgdir[NPDENTRIES - 1] & PTE_PS ? ULIM - 4 : ULIM);
	e->env_pgdir[PDX(ULIM)] = pde;

	// A page that is not there allows nothing, not even what asks for no
	// permission; and looking makes no page table
	expect(user_mem_check(e, (void *) D, 1, 0) == -E_FAULT, "1 byte at "
		"%08x, where no page is, with permissions 0: should return "
		"-E_FAULT", D);
	expect_check(e, FAR, 1, U, FAR);
	expect(e->env_pgdir[PDX(FAR)] == 0, "makes a page table for %08x, "
		"where none is", FAR);
}

static void
find_place(void *eip)
{
	struct Eipdebuginfo info;

	expect(debuginfo_eip((uintptr_t) eip, &info) < 0,
		"should find no line where the program has no table");
}

// Rules of debuginfo_eip for the program's table, which starts with its size
static void
contract_user_lines(struct Env *e)
{
	const uintptr_t eip = e->env_tf.tf_eip;
	struct Eipdebuginfo info;
	pte_t *pte;

	look_at("debuginfo_eip", "lab 3, exercise 9; kern/kdebug.c");
	if (!page_lookup(e->env_pgdir, (void *) USTABDATA, &pte))
		return;

	struct Linetab *const head = KADDR(PTE_ADDR(*pte));
	const uint32_t size = head->lt_size;

	expect(debuginfo_eip(eip, &info) == 0 && info.eip_line > 0
		&& strcmp(info.eip_file, "<unknown>") != 0,
		"should find the line of %08x in the program", eip);
	*pte &= ~PTE_U;
	invlpg((void *) USTABDATA);
	expect(debuginfo_eip(eip, &info) < 0, "should not read a table that "
		"the program may not read: its header is the kernel's");
	*pte |= PTE_U;
	invlpg((void *) USTABDATA);

	*pte &= ~PTE_P;
	invlpg((void *) USTABDATA);
	const char *said = panic_of(find_place, (void *) eip);
	*pte |= PTE_P;
	invlpg((void *) USTABDATA);
	expect(said == NULL, "should not read a table that is not there, nor "
		"its header: %s", said);

	// Beyond the pages that are there, by a byte; and so large that a sum
	// wraps
	uint32_t mapped = PGSIZE;
	while (entry_of(e->env_pgdir, USTABDATA + mapped) & PTE_U)
		mapped += PGSIZE;
	const uint32_t sizes[] = {
		mapped + 1, PTSIZE / 4, PTSIZE / 2 + PGSIZE, 0x7fffffff, 0xffffffff,
		0u - USTABDATA, 0u - USTABDATA + PGSIZE,
	};
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		head->lt_size = sizes[i];
		expect(debuginfo_eip(eip, &info) < 0, "should not read a table "
			"of %u bytes, which are not all the program's",
			sizes[i]);
	}

	// One that is larger than USER_TABLE_MAX, and all the program's: its
	// search would last too long
	const size_t nentries = PTSIZE / 2 / PGSIZE;
	for (size_t i = mapped / PGSIZE; i < nentries; i++)
		pte[i] = pte[0];
	head->lt_size = nentries * PGSIZE;
	expect(debuginfo_eip(eip, &info) < 0, "should not read a table of %u "
		"bytes, which is larger than USER_TABLE_MAX", head->lt_size);
	for (size_t i = mapped / PGSIZE; i < nentries; i++)
		pte[i] = 0;
	lcr3(rcr3());
	head->lt_size = size;

	// The last page of the table
	pte_t *const last = pgdir_walk(e->env_pgdir,
		(void *) USTABDATA + size - 1, 0);
	if (last != pte) {
		*last &= ~PTE_U;
		invlpg((void *) USTABDATA + size - 1);
		expect(debuginfo_eip(eip, &info) < 0, "should not read a table "
			"whose last page the program may not read");
		*last |= PTE_U;
		invlpg((void *) USTABDATA + size - 1);
	}

	lcr3(PADDR(kern_pgdir));
	expect(debuginfo_eip(eip, &info) < 0, "should not look for a program's "
		"table where its page directory is not loaded");
	lcr3(PADDR(e->env_pgdir));
	curenv = NULL;
	expect(debuginfo_eip(eip, &info) < 0, "should not look for a program's "
		"table when there is no program");
	curenv = e;
}

void
contract_usermem(void)
{
	struct Env *e;

	look_at("user_mem_check", "lab 3, exercise 9; kern/pmap.c");
	if (!curenv)
		panic("there is no program");
	// Of another environment than the current one, whose directory is not
	// loaded
	if (env_alloc(&e, 0) < 0)
		panic("no environment for a check");
	map_test_pages(e);
	contract_user_mem_check(e);
	expect_check(curenv, A, 1, PTE_U, A);
	end_env(e);
	contract_user_lines(curenv);
}

// ------------------------------------------------------------ a second slot

// Run checkuser in envs[1], as no environment of lab 3 would be.
void
contract_second(void)
{
	const struct Program *const p = program_named("user_checkuser");
	struct Env *e;

	if (!p || env_alloc(&e, 0) < 0)
		return;
	e->env_status = ENV_NOT_RUNNABLE;
	e = env_free_list;
	env_create(p->start, ENV_TYPE_USER);
	panic_hook = NULL;
	env_run(e);
}
