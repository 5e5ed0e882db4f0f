// kern/env.c - environments, from creation to end.
//
// envs[] has a slot for each environment.  Free slots are on env_free_list: at
// first in the order of envs[], later the last one freed comes first.
// Everything here is under the kernel lock.
//
// Entry points: env_init, env_init_percpu; env_alloc, env_create, env_free,
// env_destroy, env_is_abandoned; env_of, envid2env; env_set_status, env_set_tf;
// env_run, the way out of the kernel.

#include <inc/assert.h>
#include <inc/elf.h>
#include <inc/error.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/widen.h>
#include <kern/env.h>
#include <kern/firstenv.h>
#include <kern/fpu.h>
#include <kern/ipc.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/longcall.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sched.h>
#include <kern/sleep.h>
#include <kern/spinlock.h>

struct Env *envs;
enum ServerEnd server_end;
struct Env *env_free_list;
uint32_t env_slots_used;

#define ENVGENSHIFT	12		// generations are 1 << 12 apart

// Flat segments: paging alone protects.  User segments differ only in the
// privilege that they grant.  trap_init_percpu fills in the TSSs, one for each
// CPU, and dblfault_init the last.
struct Segdesc gdt[NCPU + 6] = {
	[GD_KT >> 3] = SEG(STA_X | STA_R, 0, 0xffffffff, 0),
	[GD_KD >> 3] = SEG(STA_W, 0, 0xffffffff, 0),
	[GD_UT >> 3] = SEG(STA_X | STA_R, 0, 0xffffffff, 3),
	[GD_UD >> 3] = SEG(STA_W, 0, 0xffffffff, 3),
};

static struct Pseudodesc gdt_pd = {
	.pd_lim = sizeof(gdt) - 1,
	.pd_base = (uintptr_t) gdt,
};

// ----------------------------------------------------------------- finding

struct Env *
env_own(envid_t envid)
{
	struct Env *self = curenv, *e = env_by_id(envid);

	if (e && e != self
	    && !(self && e->env_parent_id == self->env_id))
		return NULL;
	return e;
}

// ---------------------------------------------------------------- start-up

// All environments are free, and envs[0] is the first to be handed out.
void
env_init(void)
{
	for (int i = NENV - 1; i >= 0; i--) {
		envs[i].env_id = 0;
		envs[i].env_status = ENV_FREE;
		envs[i].env_link = env_free_list;
		env_free_list = &envs[i];
	}
	env_init_percpu();
}

// Load the segments of gdt[] on this CPU.
void
env_init_percpu(void)
{
	lgdt(&gdt_pd);

	// The kernel does not use GS and FS, so they may as well hold what
	// programs want in them.  CS changes by a far return.
	__asm__ volatile(
		"movw %w0, %%gs\n\t"
		"movw %w0, %%fs\n\t"
		"movw %w1, %%es\n\t"
		"movw %w1, %%ds\n\t"
		"movw %w1, %%ss\n\t"
		"pushl %2\n\t"
		"pushl $1f\n\t"
		"lret\n"
		"1:"
		: : "r" (GD_UD | 3), "r" (GD_KD), "i" (GD_KT) : "memory");
	lldt(0);
}

// ---------------------------------------------------------------- creation

// Give e a page directory, with the kernel part that all directories share.
// Returns 0 or -E_NO_MEM.
static int
env_setup_vm(struct Env *e)
{
	struct PageInfo *p = page_table_alloc();

	if (!p)
		return -E_NO_MEM;
	p->pp_ref++;
	e->env_pgdir = page2kva(p);
	memcpy(&e->env_pgdir[PDX(UTOP)], &kern_pgdir[PDX(UTOP)],
		(NPDENTRIES - PDX(UTOP)) * sizeof(pde_t));

	// The window at UVPT shows this environment's own tables.
	e->env_pgdir[PDX(UVPT)] = PADDR(e->env_pgdir) | PTE_P | PTE_U;
	return 0;
}

// Returns an id that this slot has not had for 2^19 generations.
static envid_t
next_id(const struct Env *e)
{
	uint32_t generation = 1 << ENVGENSHIFT;
	int32_t id = ((uint32_t) e->env_id + generation) & ~(NENV - 1);

	if (id <= 0)
		id = generation;
	return id | (e - envs);
}

// Take a free environment, with an empty address space and the registers of
// a program that is about to start at eip, which the caller sets.
// Returns 0, -E_NO_FREE_ENV or -E_NO_MEM.
int
env_alloc(struct Env **store, envid_t parent_id)
{
	struct Env *e = env_free_list;
	int r;

	if (!e)
		return -E_NO_FREE_ENV;
	if ((r = env_setup_vm(e)) < 0)
		return r;

	e->env_id = next_id(e);
	e->env_parent_id = parent_id;
	e->env_type = ENV_TYPE_USER;
	e->env_status = ENV_RUNNABLE;
	e->env_runs = 0;
	e->env_pgfault_upcall = NULL;
	e->env_ipc_recving = false;

	memset(&e->env_tf, 0, sizeof(e->env_tf));
	e->env_tf.tf_ds = GD_UD | 3;
	e->env_tf.tf_es = GD_UD | 3;
	e->env_tf.tf_ss = GD_UD | 3;
	e->env_tf.tf_esp = USTACKTOP;
	e->env_tf.tf_cs = GD_UT | 3;
	e->env_tf.tf_eflags = FL_IF;

	env_free_list = e->env_link;
	*store = e;
	if (lab->env_messages)
		cprintf("[%08x] new env %08x\n",
			curenv ? curenv->env_id : 0, e->env_id);
	return 0;
}

// Map pages of zeros, which the program may write to, at [va, va+len).  Pages
// that are there already, of a segment that ends where this one begins, stay.
// Panics if there is no memory.
static void
region_alloc(struct Env *e, void *va, size_t len)
{
	uintptr_t end = ROUNDUP((uintptr_t) va + len, PGSIZE);

	for (uintptr_t a = ROUNDDOWN((uintptr_t) va, PGSIZE); a < end;
	     a += PGSIZE) {
		if (page_lookup(e->env_pgdir, (void *) a, NULL))
			continue;

		struct PageInfo *p = page_alloc(ALLOC_ZERO);
		if (!p || page_insert(e->env_pgdir, p, (void *) a,
				PTE_U | PTE_W) < 0)
			panic("no memory for a program at %08x", a);
	}
}

// Can this segment be loaded, from a file of size bytes?
static bool
segment_ok(const struct Proghdr *ph, size_t size)
{
	return ph->p_filesz <= ph->p_memsz
		&& elf_range_ok(ph->p_offset, ph->p_filesz, 1, size)
		&& ph->p_memsz <= USTACKTOP - PGSIZE
		&& ph->p_va <= USTACKTOP - PGSIZE - ph->p_memsz;
}

// Returns the size of the program at binary, or 0 if there is none there.
static size_t
program_size(const uint8_t *binary)
{
	const struct Program *p = programs;

	while (p->name && p->start != binary)
		p++;
	return p->size;
}

// Load the ELF program at binary into e, which will start at the program's
// e_entry, and give it a page of stack.  The programs are the kernel's own, so
// a bad one is the kernel's mistake: panics.
static void
load_icode(struct Env *e, uint8_t *binary)
{
	const struct Elf *elf = (const struct Elf *) binary;
	const size_t size = program_size(binary);

	if (size < sizeof(*elf) || !elf_header_ok(elf)
	    || !elf_range_ok(elf->e_phoff, elf->e_phnum,
			sizeof(struct Proghdr), size))
		panic("program at %p is not an ELF file for this machine",
			binary);

	const struct Proghdr *ph = (const void *) (binary + elf->e_phoff);
	const struct Proghdr *end = ph + elf->e_phnum;

	// With e's directory loaded, its addresses can be written to.
	lcr3(PADDR(e->env_pgdir));
	for (; ph < end; ph++) {
		if (ph->p_type != ELF_PROG_LOAD)
			continue;
		if (!segment_ok(ph, size))
			panic("program at %p has a bad segment at %08x",
				binary, ph->p_va);
		region_alloc(e, (void *) ph->p_va, ph->p_memsz);
		memcpy((void *) ph->p_va, binary + ph->p_offset,
			ph->p_filesz);
	}
	lcr3(PADDR(kern_pgdir));

	region_alloc(e, (void *) (USTACKTOP - PGSIZE), PGSIZE);
	e->env_tf.tf_eip = elf->e_entry;
}

// Create an environment of this type, without a parent, that runs a program
// linked into the kernel.  Panics if there is no memory or no free environment.
void
env_create(uint8_t *binary, enum EnvType type)
{
	struct Env *e;
	int r;

	if ((r = env_alloc(&e, 0)) < 0)
		panic("no environment to start with: %e", r);
	load_icode(e, binary);
	e->env_type = type;

	// The file server drives the disk itself.
	if (type == ENV_TYPE_FS)
		e->env_tf.tf_eflags |= FL_IOPL_3;
}

// --------------------------------------------------------------------- end

// Does the environment with this id exist, if only to be freed?
static bool
is_there(envid_t id)
{
	const struct Env *e = &envs[ENVX(id)];

	return e->env_id == id && e->env_status != ENV_FREE;
}

bool
env_is_forgotten(const struct Env *e)
{
	return !is_asleep(e) && !is_there(e->env_parent_id);
}

// End e, and hand its address space to kern/reap.c.
static void
start_freeing(struct Env *e)
{
	if (lab->env_messages)
		cprintf("[%08x] free env %08x\n",
			curenv ? curenv->env_id : 0, e->env_id);

	irqwait_end(e);
	sleep_cancel(e);		// or freeing its pages would wake e
	if (rcr3() == PADDR(e->env_pgdir))
		lcr3(PADDR(kern_pgdir));
	e->env_status = ENV_DYING;
	widen();
	e->env_ipc_recving = false;
	reap_begin(e);
}

// End e and free its memory: at once, or in slices if e has much.  No other CPU
// may be running e.  Afterwards e's page directory is not loaded on this CPU.
void
env_free(struct Env *e)
{
	start_freeing(e);
	reap_some();
}

// All memory of e is free: free its slot, and wake the environments that wait
// for its end.
static void
free_slot(struct Env *e)
{
	e->env_status = ENV_FREE;
	e->env_link = env_free_list;
	env_free_list = e;
	fpu_free(e);
	ipc_end(e);
	wakeup(e);
	if (e->env_type == ENV_TYPE_FS)
		server_end = e->env_ipc_dstva || e->env_ipc_from != 0
			? SERVER_SERVED : SERVER_FAILED;
	e->env_ipc_from = 0;		// the slot's next environment has none
	e->env_ipc_dstva = NULL;
}

// e has ended: destroy its children that never ran, as only e could start them.
static void
destroy_abandoned(const struct Env *e)
{
	const struct Env *end = env_end();

	for (struct Env *child = envs; child < end; child++) {
		if (child->env_parent_id != e->env_id
		    || !is_there(child->env_id) || !env_is_abandoned(child))
			continue;
		if (other_cpu_running(child) >= 0)
			child->env_status = ENV_DYING;	// that CPU frees it
		else
			start_freeing(child);
	}
}

void
env_reaped(struct Env *e)
{
	free_slot(e);
	destroy_abandoned(e);
}

// If another CPU is running e, have that CPU enter the kernel, and wait there
// in trap() until this CPU gives up the lock.
static void
hold_in_kernel(const struct Env *e)
{
	int cpu = other_cpu_running(e);

	if (cpu >= 0)
		ipi_flush_wait(cpu);
}

// Start e (ENV_RUNNABLE) or stop e (ENV_NOT_RUNNABLE), and end its sleep, if it
// sleeps on an object.  If another CPU is running an e that is stopped, that
// CPU is in the kernel when this returns, and does not handle the trap that
// brought it there.  If e is curenv and no environment could start e again,
// this ends e and does not return.
void
env_set_status(struct Env *e, int status)
{
	if (status == ENV_RUNNABLE) {
		if (e->env_status != ENV_RUNNING) {
			e->env_ipc_recving = false;
			wakeup_env(e);
		}
		return;
	}
	sleep_cancel(e);
	e->env_status = ENV_NOT_RUNNABLE;
	hold_in_kernel(e);
	if (e == curenv && env_is_abandoned(e))
		env_destroy(e);
}

// Give e other registers.  A CPU that is running e must be in the kernel before
// env_tf is written, for it saves registers there when it enters the kernel,
// and loads them when it leaves.  That CPU does not handle the trap that
// brought it there.
void
env_set_tf(struct Env *e, const struct Trapframe *tf)
{
	const bool elsewhere = other_cpu_running(e) >= 0;

	hold_in_kernel(e);

	uint32_t trapno = e->env_tf.tf_trapno;

	if (elsewhere && (trapno < IRQ_OFFSET || trapno == T_SYSCALL))
		trapno = IRQ_OFFSET + IRQ_WAKE;
	e->env_tf = *tf;
	e->env_tf.tf_trapno = trapno;
	longcall_forget(e);
}

// End e.  A CPU that is running e frees e when it next enters the kernel, which
// an IPI makes soon.  If e is curenv, another environment runs instead, and
// this does not return.
void
env_destroy(struct Env *e)
{
	int cpu = other_cpu_running(e);

	if (cpu >= 0) {
		e->env_status = ENV_DYING;
		lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
		return;
	}

	const bool is_current = e == curenv;

	env_free(e);
	if (is_current)
		curenv = NULL;
	if (lab->only_env) {
		cprintf("Destroyed the only environment - "
			"nothing more to do!\n");
		while (1)
			monitor(NULL);
	}
	if (is_current)
		sched_yield();
}

// ---------------------------------------------------------- the way out

// FS and GS are not in a trap frame.  A program that uses them keeps them while
// it is alone on its CPU, but no other finds out what was in them.
ALWAYS_INLINE void
reset_segments(void)
{
	__asm__ volatile("movw %w0, %%fs; movw %w0, %%gs"
		: : "r" (GD_UD | 3));
}

// Load the registers in tf, which are curenv's, all at once; that leaves the
// kernel.  %esp does not point to tf meanwhile, as an NMI would push onto what
// lies below tf.  The registers that iret loads are pushed; then the others are
// loaded, last %ds and %eax, which holds tf.
ALWAYS_INLINE void __attribute__((noreturn))
load_registers(const struct Trapframe *tf)
{
	__asm__ volatile(
		"pushl %c[ss](%%eax)\n\t"
		"pushl %c[esp](%%eax)\n\t"
		"pushl %c[eflags](%%eax)\n\t"
		"pushl %c[cs](%%eax)\n\t"
		"pushl %c[eip](%%eax)\n\t"
		"movl %c[edi](%%eax), %%edi\n\t"
		"movl %c[esi](%%eax), %%esi\n\t"
		"movl %c[ebp](%%eax), %%ebp\n\t"
		"movl %c[ebx](%%eax), %%ebx\n\t"
		"movl %c[edx](%%eax), %%edx\n\t"
		"movl %c[ecx](%%eax), %%ecx\n\t"
		"movw %c[es](%%eax), %%es\n\t"
		"movw %c[ds](%%eax), %%ds\n\t"
		"movl %%ss:%c[eax](%%eax), %%eax\n\t"
		"iret"
		: : "a" (tf),
#define FIELD(reg, field) [reg] "i" (offsetof(struct Trapframe, field))
		FIELD(edi, tf_regs.reg_edi), FIELD(esi, tf_regs.reg_esi),
		FIELD(ebp, tf_regs.reg_ebp), FIELD(ebx, tf_regs.reg_ebx),
		FIELD(edx, tf_regs.reg_edx), FIELD(ecx, tf_regs.reg_ecx),
		FIELD(eax, tf_regs.reg_eax), FIELD(es, tf_es),
		FIELD(ds, tf_ds), FIELD(eip, tf_eip), FIELD(cs, tf_cs),
		FIELD(eflags, tf_eflags), FIELD(esp, tf_esp), FIELD(ss, tf_ss)
#undef FIELD
		: "memory");
	panic("iret failed");
}

// The labs' env_run calls this to go to user mode.  The env_run of this tree
// has load_registers inline.
void
env_pop_tf(struct Trapframe *tf)
{
	load_registers(tf);
}

// Make e curenv, in place of another environment or of none.
ALWAYS_INLINE void
switch_to(struct Env *e)
{
	struct Env *old = curenv;

	if (old && old->env_status == ENV_RUNNING)
		old->env_status = ENV_RUNNABLE;
	curenv = e;
	e->env_runs++;
	e->env_cpunum = cpunum();
	lcr3(PADDR(e->env_pgdir));
	reset_segments();
	assert(fpu_is_saved());
}

// Run e on this CPU, in place of curenv.
void
env_run(struct Env *e)
{
	if (curenv != e)
		switch_to(e);
	e->env_status = ENV_RUNNING;
	unlock_kernel();
	load_registers(&e->env_tf);
}

// ------------------------------------------------------------------ checks

// What is static here, for kern/debug/contract_env.c
void (*const contract_region_alloc)(struct Env *e, void *va, size_t len) =
	region_alloc;
