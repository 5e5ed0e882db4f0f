// kern/debug/inject.c - a monitor command that injects faults into the kernel's
// data, for a test of whether kern/debug/audit.c finds them.
//
// Each fault is there during one audit only, with interrupts off, and on a
// machine with one CPU.  That has a program, curenv, which gets as far as
// int3.
//
// Entry point: mon_inject (kern/monitor.h).

#include <inc/assert.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/audit.h>
#include <kern/env.h>
#include <kern/fpu.h>
#include <kern/ipc.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sleep.h>
#include <kern/spinlock.h>

#define UNUSED __attribute__((unused))

// What SET has changed since the last audit
static struct Change {
	void *at;
	size_t size;
	uint64_t old;
} changes[4];
static size_t nchanges;

static void
remember(void *at, size_t size)
{
	struct Change *c = &changes[nchanges++];

	assert(nchanges <= ARRAY_SIZE(changes) && size <= sizeof(c->old));
	*c = (struct Change) { at, size, 0 };
	memcpy(&c->old, at, size);
}

#define SET(variable, value)						\
	(remember((void *) &(variable), sizeof(variable)), (variable) = (value))

// Have the faults looked for, and undo them.
static void
look(const char *what)
{
	cprintf("injected: %s\n", what);
	if (audit(false) == 0)
		cprintf("no fault found: %s\n", what);
	while (nchanges > 0) {
		const struct Change *c = &changes[--nchanges];

		memcpy(c->at, &c->old, c->size);
	}
	tlbflush();
}

static void
inject_free_pages(void)
{
	struct PageInfo *const first = page_free_list;

	SET(first->pp_ref, 1);
	look("a free page with a reference");
	SET(page_free_list, first->pp_link);
	look("a free page that is not on the list");
	SET(page_free_list, pages);
	look("page 0 on the free list");
	SET(first->pp_link, first);
	look("a ring of free pages");
	SET(page_free_list, (void *) sizeof(int));
	look("a free list that leads astray");
	SET(zeroed_tables, first);
	look("a page on both lists");
}

static void
inject_mappings(const struct Env *e)
{
	pde_t *const pde = &e->env_pgdir[PDX(USTACKTOP - PGSIZE)];
	pte_t *const pte = page_entry(e->env_pgdir, (void *)
		(USTACKTOP - PGSIZE));

	SET(*pte, *pte | PTE_PWT);
	look("a mapping with other bits");
	SET(*pte, *pte & PGOFF(~0));
	look("a mapping of page 0");
	SET(*pte, page2pa(page_free_list) | PTE_P | PTE_U);
	look("a mapping of a free page");
	SET(*pte, PTE_ADDR(*pde) | PTE_P | PTE_U);
	look("a mapping of a page table");
	SET(e->env_pgdir[0], PTE_ADDR(~0) | PTE_P);
	look("a page table beyond all memory");
	SET(e->env_pgdir[PDX(UPAGES)], 0);
	look("a directory without an entry of the kernel's");
	SET(pa2page(PTE_ADDR(*pte))->pp_ref, 7);
	look("a page with a wrong count of references");
}

static void
inject_kernel_map(const struct Env *e)
{
	const uintptr_t rom = KERNBASE + 0xC0000; // not used by the kernel
	pte_t *const to_rom = page_entry(kern_pgdir, (void *) rom);
	pte_t *const code = page_entry(kern_pgdir, entry);
	pte_t *const upages = page_entry(kern_pgdir, (void *) UPAGES);

	SET(kern_pgdir[PDX(rom)], kern_pgdir[PDX(rom)] | PTE_U);
	SET(*to_rom, *to_rom | PTE_U);
	look("kernel memory for programs");
	SET(kern_pgdir[PDX(UPAGES)], kern_pgdir[PDX(UPAGES)] | PTE_W);
	SET(*upages, *upages | PTE_W);
	look("pages[] that programs can change");
	SET(*code, *code | PTE_W);
	look("code that can be changed");
	SET(*to_rom, *to_rom + PGSIZE);
	look("another page at KERNBASE");
	SET(kern_pgdir[PDX(UTEXT)], e->env_pgdir[PDX(UTEXT)]);
	look("a program in the kernel's directory");

	SET(kern_pgdir[PDX(UTEXT)], PTE_P | PTE_W | PTE_PS);
	look("a large page in the kernel's directory");
}

static void
inject_status(struct Env *e)
{
	struct Env *const unused = env_free_list;

	SET(e->env_status, ENV_RUNNABLE);
	look("a runnable environment on a CPU");
	SET(e->env_status, ENV_DYING);
	SET(reap_first, e);
	look("an environment that runs while it is freed");
	SET(e->env_status, 9);
	look("an unknown status");
	SET(e->env_ipc_recving, true);
	look("a receiver that runs");
	SET(e->env_id, e->env_id + 1);
	look("the id of another slot");
	SET(unused->env_status, ENV_NOT_RUNNABLE);
	SET(unused->env_id, 0);
	look("an environment with nothing");
	SET(e->env_tf.tf_cs, GD_KT);
	look("a program with the kernel's segment");
	SET(e->env_tf.tf_eflags, e->env_tf.tf_eflags | FL_IOPL_3);
	look("a program that may do I/O");

	const bool loaded = fpu_load(e) == 0;

	fpu_save(e);
	SET(e->env_status, ENV_FREE);
	look(loaded ? "a free environment with registers" : "no memory");
	fpu_free(e);
}

static void
inject_lists(struct Env *e)
{
	struct Env *const first = env_free_list;

	SET(env_free_list, e);
	look("an environment that runs on the free list");
	SET(first->env_link, first);
	look("a ring of free environments");
	SET(env_free_list, (void *) sizeof(int));
	look("a list of free environments that leads astray");
}

// Nobody sends these messages, and nobody wakes these sleepers.
static void
inject_sleepers(struct Env *e)
{
	struct Mailbox *const m = mailbox_of(e);
	const unsigned status = e->env_status;

	SET(m->pending_reply.from, 0);
	SET(m->pending_reply.page, pages + npages - 1);
	look("a reply without a sender");
	SET(m->accept_from, env_free_list - envs);
	SET(e->env_ipc_recving, true);
	SET(e->env_status, ENV_NOT_RUNNABLE);
	look("an awaited environment that does not know");

	sleep_on(e, m);
	SET(m->may_have_senders, false);
	look("a mailbox that does not know its sender");
	SET(sleeper_of(e)->object, e);
	look("a sleeper in a wrong ring");
	SET(e->env_status, ENV_RUNNING);
	look("a sleeper that runs");
	sleep_on(e, page_free_list);
	look("a sleeper on a free page");
	sleep_cancel(e);
	e->env_status = status;
	SET(page_sleepers, 1);
	look("a sleeper who is not there");
}

static void
inject_cpus(struct Env *e)
{
	const uint32_t cr0 = rcr0();

	SET(ncpu, 2);
	SET(cpus[1].cpu_env, e);
	SET(cpus[1].cpu_status, CPU_HALTED);
	look("an environment on two CPUs, one of them idle");
	SET(kernel_lock.holder, 0);
	look("a kernel that is not locked");
	SET(cpus[0].cpu_env, NULL);
	look("an address space of nobody");
	SET(cpus[0].cpu_ts.ts_esp0, KSTACKTOP - PGSIZE);
	look("a wrong stack");
	SET(e->env_pgdir, (pde_t *) UTEXT);
	look("a page directory at a program's address");

	lcr0(cr0 & ~CR0_WP);
	look("a kernel that may write everywhere");
	lcr0(cr0);
	write_eflags(read_eflags() | FL_IF);
	look("interrupts");
	write_eflags(read_eflags() & ~FL_IF);
}

int
mon_inject(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	if (!curenv || ncpu > 1) {
		cprintf("inject, where a program stopped on the only CPU\n");
		return 0;
	}
	inject_free_pages();
	inject_mappings(curenv);
	inject_kernel_map(curenv);
	inject_status(curenv);
	inject_lists(curenv);
	inject_sleepers(curenv);
	inject_cpus(curenv);
	return 0;
}
