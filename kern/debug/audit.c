// kern/debug/audit.c - checks the kernel's invariants.
//
// It compares what the kernel records twice: pp_ref with the page tables that
// map the page, environments with the lists and CPUs that have them, page
// directories with the kernel's.  An audit writes only to pp_found and
// allocates no memory, so it may run at any time under the kernel lock.
//
// Meanwhile other CPUs are in user mode, idle or waiting for the lock, and
// change nothing that an audit reads but PTE_OWN_BITS.
//
// Entry point: audit.

#include <inc/assert.h>
#include <inc/mmu.h>
#include <inc/stdarg.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/audit.h>
#include <kern/dev/acpi.h>
#include <kern/env.h>
#include <kern/fpu.h>
#include <kern/ipc.h>
#include <kern/lab.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sleep.h>
#include <kern/spinlock.h>

#define MAXSHOWN	20		// faults that are printed

static int faults;

static void __attribute__((format(printf, 1, 2)))
fault(const char *fmt, ...)
{
	va_list ap;

	if (faults++ >= MAXSHOWN)
		return;
	cprintf("  ");
	va_start(ap, fmt);
	vcprintf(fmt, ap);
	va_end(ap);
	cprintf("\n");
}

// ------------------------------------------------- references to a page
// pp_found counts the references that an audit has found.  For a free page it
// is ON_FREE_LIST, which a page in use has only if its pp_ref is PP_REF_MAX.

#define ON_FREE_LIST	PP_REF_MAX

// Is pa page 0, in the device hole, the kernel's own or from boot_alloc?
// envs[] is the last thing that mem_init allocates with boot_alloc.
static bool
is_kernels(physaddr_t pa)
{
	return pa == 0 || (pa >= npages_basemem * PGSIZE
		&& pa < ROUNDUP(PADDR(envs + NENV), PGSIZE));
}

// May the page at pa be neither free nor used?  ACPI's tables begin at address
// firmware.
static bool
may_be_kept(physaddr_t pa, physaddr_t firmware)
{
	return is_kernels(pa) || pa == MPENTRY_PADDR
		|| (firmware > PADDR(envs) && pa >= firmware);
}

static void
find_free_pages(void)
{
	struct PageInfo *pp = page_free_list;

	for (; pp && is_page_info(pp) && !pp->pp_found; pp = pp->pp_link) {
		pp->pp_found = ON_FREE_LIST;
		if (pp->pp_ref)
			fault("page %08x is on the free list and has %u "
				"references", page2pa(pp), pp->pp_ref);
		if (is_kernels(page2pa(pp)))
			fault("page %08x is on the free list and is the "
				"kernel's", page2pa(pp));
	}
	if (pp && is_page_info(pp))
		fault("the free list is a ring: it comes back to page %08x",
			page2pa(pp));
	else if (pp)
		fault("the free list leads to %p, where no page is", pp);
}

static void
find_zeroed_tables(void)
{
	for (struct PageInfo *pp = zeroed_tables; pp; pp = pp->pp_link) {
		if (pp->pp_found || pp->pp_ref
		    || first_nonzero(page2kva(pp), NPTENTRIES) < NPTENTRIES)
			fault("page %08x is not both free and zeroed",
				page2pa(pp));
		pp->pp_found = ON_FREE_LIST;
	}
}

static void
count_reference(struct PageInfo *pp)
{
	if (pp->pp_found < PP_REF_MAX)
		pp->pp_found++;
}

// e maps a page at va: check the entry and count the reference.
static void
found_mapping(const struct Env *e, uintptr_t va, pte_t pte)
{
	const physaddr_t pa = PTE_ADDR(pte);

	if (pte & (PTE_PWT | PTE_PCD | PTE_PS | PTE_G))
		fault("[%08x] has page bits %03x at %08x", e->env_id,
			PGOFF(pte), va);
	if (PGNUM(pa) >= npages || is_kernels(pa)) {
		fault("[%08x] maps %08x, not a program's page, at %08x",
			e->env_id, pa, va);
		return;
	}

	struct PageInfo *pp = pa2page(pa);

	if (pp->pp_found == ON_FREE_LIST && pp->pp_ref == 0)
		fault("[%08x] maps the free page %08x at %08x", e->env_id, pa,
			va);
	else
		count_reference(pp);
}

// The kernel uses the page at pa for e: no program may map it.
static void
found_own_page(const char *what, const struct Env *e, physaddr_t pa)
{
	struct PageInfo *pp = pa2page(pa);

	if (pp->pp_found)
		fault("page %08x, %s of [%08x], is %s", pa, what, e->env_id,
			pp->pp_found == ON_FREE_LIST && !pp->pp_ref ? "free"
			: "mapped by a program, or in use twice");
	if (pp->pp_found != ON_FREE_LIST)
		count_reference(pp);
}

// --------------------------------------------------------- address spaces

// The bits of an entry that another CPU's processor sets by itself
#define PTE_OWN_BITS	(PTE_A | PTE_D)

// Is the address of e's page directory valid?
static bool
has_pgdir(const struct Env *e)
{
	const uintptr_t va = (uintptr_t) e->env_pgdir;

	return e->env_status != ENV_FREE && va >= KERNBASE
		&& PGOFF(va) == 0 && PGNUM(PADDR(va)) < npages;
}

// Returns the page table of a directory entry, or NULL.
static pte_t *
table_of(pde_t pde)
{
	if (!(pde & PTE_P) || (pde & PTE_PS) || PGNUM(pde) >= npages)
		return NULL;
	return KADDR(PTE_ADDR(pde));
}

static void
find_mappings(const struct Env *e)
{
	for (uint32_t pdx = 0; pdx < PDX(UTOP); pdx++) {
		const pde_t pde = e->env_pgdir[pdx];
		const pte_t *table = table_of(pde);

		if ((pde & PTE_P) && !table)
			fault("[%08x] has directory entry %x: %08x",
				e->env_id, pdx, pde);
		for (uint32_t ptx = 0; table && ptx < NPTENTRIES; ptx++)
			if (table[ptx] & PTE_P)
				found_mapping(e, (uintptr_t) PGADDR(pdx, ptx,
					0), table[ptx]);
	}
}

// Count the pages that the kernel uses for e.  find_mappings has run for all
// environments, so a program's mapping of such a page shows.
static void
find_own_pages(const struct Env *e)
{
	const struct PageInfo *fpu = fpu_page_of(e);

	found_own_page("page directory", e, PADDR(e->env_pgdir));
	for (uint32_t pdx = 0; pdx < PDX(UTOP); pdx++)
		if (table_of(e->env_pgdir[pdx]))
			found_own_page("page table", e,
				PTE_ADDR(e->env_pgdir[pdx]));
	if (fpu)
		found_own_page("FPU page", e,
			page2pa((struct PageInfo *) fpu));
}

// From UTOP up, all page directories are equal, except for the entry of UVPT.
static void
check_upper_part(const struct Env *e)
{
	for (uint32_t pdx = PDX(UTOP); pdx < NPDENTRIES; pdx++) {
		const pde_t pde = e->env_pgdir[pdx] & ~PTE_OWN_BITS;
		const pde_t want = pdx == PDX(UVPT)
			? PADDR(e->env_pgdir) | PTE_P | PTE_U
			: kern_pgdir[pdx] & ~PTE_OWN_BITS;

		if (pde != want)
			fault("[%08x] has directory entry %x: %08x, not %08x",
				e->env_id, pdx, pde, want);
	}
}

static void
check_kernel_entry(uintptr_t va, pte_t pte, int perm)
{
	if ((perm & PTE_U) && va >= ULIM)
		fault("programs can use %08x", va);
	if ((perm & PTE_U) && (perm & PTE_W))
		fault("programs can write to %08x", va);
	if ((perm & PTE_W) && va >= KERNBASE + EXTPHYSMEM
	    && va < (uintptr_t) data_start)
		fault("the kernel's code at %08x can be changed", va);
	if (va >= KERNBASE && PTE_ADDR(pte) != va - KERNBASE)
		fault("the kernel has %08x at %08x", PTE_ADDR(pte), va);
}

// A page of 4 MiB, in all its parts
static void
check_large_page(uint32_t pdx, pde_t pde)
{
	const uintptr_t va = (uintptr_t) PGADDR(pdx, 0, 0);

	if (pdx < PDX(KERNBASE))
		fault("the kernel's directory has a large page at %08x", va);
	for (uint32_t offset = 0; offset < PTSIZE; offset += PGSIZE)
		check_kernel_entry(va + offset, pde + offset, pde);
}

static void
check_kernel_map(void)
{
	static const struct Env nobody;

	for (uint32_t pdx = 0; pdx < NPDENTRIES; pdx++) {
		const pde_t pde = kern_pgdir[pdx];
		const pte_t *table = table_of(pde);

		if ((pde & PTE_P) && (pde & PTE_PS))
			check_large_page(pdx, pde);
		if (!table || pdx == PDX(UVPT))
			continue;
		found_own_page("page table", &nobody, PTE_ADDR(pde));
		if (pdx < PDX(UTOP))
			fault("the kernel's directory has entry %x", pdx);
		for (uint32_t ptx = 0; ptx < NPTENTRIES; ptx++)
			if (table[ptx] & PTE_P)
				check_kernel_entry((uintptr_t) PGADDR(pdx, ptx,
					0), table[ptx], pde & table[ptx]);
	}
}

// Compare pp_ref with the references found.  Returns how many pages are in use.
static int
compare_references(void)
{
	const physaddr_t firmware = ROUNDDOWN(acpi_tables_start, PGSIZE);
	int in_use = 0;

	for (struct PageInfo *pp = pages; pp < pages + npages; pp++) {
		const unsigned found = pp->pp_found, counted = pp->pp_ref;

		if (found == ON_FREE_LIST && counted == 0)
			continue;
		in_use++;
		if (found == 0 && may_be_kept(page2pa(pp), firmware))
			continue;
		if (found == 0 && counted == 0)
			fault("page %08x is not used and not free",
				page2pa(pp));
		else if (found != counted)
			fault("page %08x has %u references, and %u are found",
				page2pa(pp), counted, found);
	}
	return in_use;
}

static void
find_pages_of_replies(void)
{
	for (int i = 0; i < NENV; i++)
		if (mailboxes[i].pending_reply.page)
			count_reference(mailboxes[i].pending_reply.page);
}

static int
audit_pages(void)
{
	for (size_t i = 0; i < npages; i++)
		pages[i].pp_found = 0;
	find_free_pages();
	find_zeroed_tables();
	for (const struct Env *e = envs; e < envs + NENV; e++)
		if (has_pgdir(e))
			find_mappings(e);
	find_pages_of_replies();
	for (const struct Env *e = envs; e < envs + NENV; e++)
		if (has_pgdir(e)) {
			find_own_pages(e);
			check_upper_part(e);
		}
	check_kernel_map();
	return compare_references();
}

// ----------------------------------------------------------- environments

// On how many CPUs is e?
static int
cpus_with(const struct Env *e)
{
	int n = 0;

	for (int i = 0; i < ncpu; i++)
		n += cpus[i].cpu_env == e;
	return n;
}

// Is e on the list of kern/reap.c?
static bool
is_being_freed(const struct Env *e)
{
	const struct Env *one = reap_first;

	while (one && one != e)
		one = one->env_link;
	return one != NULL;
}

// Can a program load this selector into DS or ES?
static bool
is_data_selector(uint16_t sel)
{
	sel &= ~3;
	return sel == 0 || sel == GD_UD || sel == GD_UT;
}

// Only the file server, which drives the disk itself, may have I/O privilege.
// Before lab 4, programs run with interrupts off.
static void
check_frame(const struct Env *e)
{
	const struct Trapframe *tf = &e->env_tf;
	const uint32_t iopl = tf->tf_eflags & FL_IOPL_MASK;
	const bool interrupts = tf->tf_eflags & FL_IF;

	if (tf->tf_cs != (GD_UT | 3) || tf->tf_ss != (GD_UD | 3)
	    || !is_data_selector(tf->tf_ds) || !is_data_selector(tf->tf_es))
		fault("[%08x] has segments cs %04x ss %04x ds %04x es %04x",
			e->env_id, tf->tf_cs, tf->tf_ss, tf->tf_ds,
			tf->tf_es);
	if (interrupts != lab->smp || (tf->tf_eflags & FL_VM)
	    || (iopl && e->env_type != ENV_TYPE_FS))
		fault("[%08x] has flags %08x", e->env_id, tf->tf_eflags);
}

// An environment that was stopped or destroyed stays on its CPU, in cpu_env,
// until that CPU next enters the kernel.
static void
check_status(const struct Env *e)
{
	const int n = cpus_with(e);

	if (n > 1)
		fault("[%08x] is on %d CPUs", e->env_id, n);
	switch (e->env_status) {
	case ENV_RUNNING:
	case ENV_DYING:
		if ((n == 0) != is_being_freed(e))
			fault("[%08x] has status %u and is on %d CPUs",
				e->env_id, e->env_status, n);
		break;
	case ENV_FREE:
	case ENV_RUNNABLE:
		if (n > 0)
			fault("[%08x] has status %u and is on a CPU",
				e->env_id, e->env_status);
		break;
	case ENV_NOT_RUNNABLE:
		break;
	default:
		fault("[%08x] has status %u", e->env_id, e->env_status);
	}
	if (e->env_ipc_recving && e->env_status != ENV_NOT_RUNNABLE
	    && e->env_status != ENV_FREE)
		fault("[%08x] waits for a message and has status %u",
			e->env_id, e->env_status);
}

// Do the flags of e's mailbox let ipc_end(e) find all environments that it must
// wake?  Is a pending reply there only if e is in use?
static void
check_mailbox(const struct Env *e)
{
	const struct Mailbox *m = &mailboxes[e - envs];
	const bool in_use = e->env_status != ENV_FREE;
	const envid_t only = ipc_is_receiving(e) ? m->accept_from : ANYBODY;

	if (first_sleeper(m) && !(in_use && m->may_have_senders))
		fault("[%08x] has senders in its queue, but does not know",
			e->env_id);
	if (only != ANYBODY && !mailboxes[ENVX(only)].may_be_awaited)
		fault("[%08x] awaits [%08x], which does not know", e->env_id,
			only);
	if ((m->pending_reply.page && !m->pending_reply.from)
	    || (m->pending_reply.from && !in_use))
		fault("[%08x] has a pending reply that nobody can take",
			e->env_id);
}

static void
check_env(const struct Env *e)
{
	const int slot = e - envs;

	if (e->env_id < 0 || (e->env_id && ENVX(e->env_id) != slot))
		fault("environment %d has id %08x", slot, e->env_id);
	check_status(e);
	check_mailbox(e);
	if (e->env_status == ENV_FREE) {
		if (fpu_page_of(e))
			fault("environment %d is free and has an FPU page",
				slot);
		return;
	}
	if (e->env_id == 0)
		fault("environment %d is in use and has no id", slot);
	if (!has_pgdir(e))
		fault("[%08x] has its page directory at %p", e->env_id,
			e->env_pgdir);
	check_frame(e);
}

static void
check_free_envs(void)
{
	uint8_t listed[NENV / 8] = { 0 };
	const struct Env *e = env_free_list;

	for (; e >= envs && e < envs + NENV; e = e->env_link) {
		const int slot = e - envs;

		if (e->env_status != ENV_FREE || e != &envs[slot])
			fault("[%08x] is on the free list", e->env_id);
		if (listed[slot / 8] & 1 << slot % 8) {
			fault("the list of free environments is a ring");
			return;
		}
		listed[slot / 8] |= 1 << slot % 8;
	}
	if (e)
		fault("the list of free environments leads to %p", e);
	for (int i = 0; i < NENV; i++)
		if (envs[i].env_status == ENV_FREE
		    && !(listed[i / 8] & 1 << i % 8))
			fault("environment %d is free and not on the list", i);
}

// Does s sleep on a page or environment that is in use, and has its environment
// the status of a sleeper?
static void
check_sleeper(const struct Sleeper *s)
{
	const struct Env *e = &envs[s - sleepers], *other = s->object;
	const struct PageInfo *pp = s->object;

	if ((is_page_info(pp) && pp->pp_ref == 0)
	    || (other >= envs && other < envs + NENV
		&& other->env_status == ENV_FREE))
		fault("[%08x] sleeps on what is free", e->env_id);
	if (is_asleep(e) && e->env_status != ENV_NOT_RUNNABLE
	    && !(e->env_status == ENV_RUNNABLE && sleeps_on_device(e)))
		fault("[%08x] sleeps and has status %u", e->env_id,
			e->env_status);
}

// Is each sleeper in the ring of its object, and only there?
static void
check_sleepers(void)
{
	int linked = 0, sleeping = 0, on_pages = 0;

	for (struct Sleeper *ring = sleep_rings;
	     ring < sleep_rings + ARRAY_SIZE(sleep_rings); ring++)
		for (const struct Sleeper *s = ring->next;
		     s && s != ring && linked <= NENV; s = s->next) {
			linked++;
			if (!s->object || sleep_ring_of(s->object) != ring
			    || s->prev->next != s)
				fault("sleeper %u is in a wrong ring",
					s - sleepers);
		}
	for (const struct Sleeper *s = sleepers; s < sleepers + NENV; s++)
		if (s->object) {
			sleeping++;
			on_pages += is_page_info(s->object);
			check_sleeper(s);
		}
	if (linked != sleeping || on_pages != page_sleepers
	    || (on_pages > 0) != (page_ref_lost != NULL))
		fault("%d environments sleep, %d on pages; in rings are %d, "
			"counted %d", sleeping, on_pages, linked,
			page_sleepers);
}

// Returns how many environments are in use.
static int
audit_envs(void)
{
	int n = 0;

	for (const struct Env *e = envs; e < envs + NENV; e++) {
		check_env(e);
		n += e->env_status != ENV_FREE;
	}
	check_free_envs();
	check_sleepers();
	return n;
}

// ------------------------------------------------------------- processors

static void
audit_cpus(void)
{
	for (int i = 0; i < ncpu; i++)
		if (cpus[i].cpu_status == CPU_HALTED && cpus[i].cpu_env)
			fault("CPU %d is idle and has [%08x]", i,
				cpus[i].cpu_env->env_id);

	// The CPU that runs the audit
	const uint32_t cr0 = CR0_PE | CR0_PG | CR0_WP | CR0_TS;
	const physaddr_t cr3 = rcr3();

	if (!kernel_locked())
		fault("CPU %d has not the kernel lock", cpunum());
	if (read_eflags() & FL_IF)
		fault("interrupts are on");
	if ((rcr0() & (cr0 | CR0_EM)) != cr0)
		fault("CR0 is %08x", rcr0());
	if (cr3 != PADDR(kern_pgdir)
	    && !(curenv && has_pgdir(curenv)
		&& cr3 == PADDR(curenv->env_pgdir)))
		fault("CR3 is %08x, of neither the kernel nor this CPU's "
			"environment", cr3);
	if (thiscpu->cpu_ts.ts_esp0
	    != KSTACKTOP - cpunum() * (KSTKSIZE + KSTKGAP))
		fault("CPU %d enters the kernel with stack %08x", cpunum(),
			thiscpu->cpu_ts.ts_esp0);
}

// ------------------------------------------------------------ entry point

int
audit(bool verbose)
{
	int n = 0, in_use = 0;

	faults = 0;
	if (lab->memory)
		in_use = audit_pages();
	if (lab->user) {
		n = audit_envs();
		audit_cpus();
	}
	if (faults)
		cprintf("kernel check: %d faults\n", faults);
	else if (verbose)
		cprintf("kernel check: %d environments, %d pages, "
			"no fault found\n", n, in_use);
	return faults;
}
