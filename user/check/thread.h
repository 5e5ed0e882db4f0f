// user/check/thread.h - for checks of lab 4: children that need no fork.
//
// A thread is a child that shares all memory with this program, but for its
// stack.  It is made of system calls alone, so checks of the kernel do not
// depend on the students' library.  A thread must not use thisenv.

#ifndef JOS_USER_CHECK_THREAD_H
#define JOS_USER_CHECK_THREAD_H

#include <user/check/check.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)

// Addresses for the checks, one page each
#define PAGE	((char *) 0x0A000000)
#define ROPAGE	((char *) 0x0A001000)
#define NOPAGE	((char *) 0x0A002000)	// no page, but a page table
#define PLACE	((char *) 0x0A003000)
#define LOOK	((char *) 0x0A004000)	// a page of another, to look into
#define FAR	((char *) 0xB0000000)	// no page table

#define STACK	((char *) (USTACKTOP - PGSIZE))
#define XSTACK	((char *) (UXSTACKTOP - PGSIZE))

static void (*volatile thread_main[NENV])(void);

static inline const volatile struct Env *
env_of(envid_t id)
{
	return &envs[ENVX(id)];
}

static inline bool
is_gone(envid_t id)
{
	return env_of(id)->env_id != id || env_of(id)->env_status == ENV_FREE
		|| env_of(id)->env_status == ENV_DYING;
}

// Yield until x, but not for ever; is x true in the end?
#define PATIENCE	400
#define until(x) ({					\
	int until_ = 0;					\
							\
	while (!(x) && until_++ < PATIENCE)		\
		sys_yield();				\
	(x);						\
})

static inline bool
until_gone(envid_t id)
{
	return until(is_gone(id));
}

static inline bool
until_receiving(envid_t id)
{
	return until(is_gone(id) || (env_of(id)->env_ipc_recving
		&& env_of(id)->env_status == ENV_NOT_RUNNABLE))
		&& !is_gone(id);
}

static inline void __attribute__((noreturn))
thread_end(void)
{
	for (;;)
		sys_env_destroy(0);
}

static void __attribute__((noinline, noreturn))
thread_begin(void)
{
	thread_main[ENVX(sys_getenvid())]();
	thread_end();
}

// Returns a thread that does not run yet, or an error.
static envid_t __attribute__((noinline))
thread_make(void (*run)(void))
{
	const envid_t child = sys_exofork();

	if (child == 0)
		thread_begin();
	if (child < 0)
		return child;
	thread_main[ENVX(child)] = run;
	for (uintptr_t va = next_mapped(0, (uintptr_t) STACK);
	     va < (uintptr_t) STACK; va = next_mapped(va + PGSIZE,
		     (uintptr_t) STACK))
		sys_page_map(0, (void *) va, child, (void *) va,
			uvpt[PGNUM(va)] & PTE_SYSCALL);

	// The child goes on in this function, on a copy of this stack.
	sys_page_alloc(0, PFTEMP, RW);
	memcpy(PFTEMP, STACK, PGSIZE);
	sys_page_map(0, PFTEMP, child, STACK, RW);
	sys_page_unmap(0, PFTEMP);
	return child;
}

static inline envid_t
thread_start(void (*run)(void))
{
	const envid_t child = thread_make(run);

	if (child > 0)
		sys_env_set_status(child, ENV_RUNNABLE);
	return child;
}

// ------------------------------------------------------------------- memory

// How many pages have no mapping?
static inline int
free_pages(void)
{
	int n = 0;

	for (uintptr_t va = UPAGES; va < UVPT && page_is_mapped((void *) va);
	     va += PGSIZE) {
		const volatile struct PageInfo *pp = (void *) va;

		for (unsigned i = 0; i < PGSIZE / sizeof(*pp); i++)
			n += pp[i].pp_ref == 0;
	}
	return n;
}

// How many pages are neither mapped nor on a list of free pages?  The last one
// of each list counts, too.
static inline int
lost_pages(void)
{
	int n = 0;

	for (uintptr_t va = UPAGES; va < UVPT && page_is_mapped((void *) va);
	     va += PGSIZE) {
		const volatile struct PageInfo *pp = (void *) va;

		for (unsigned i = 0; i < PGSIZE / sizeof(*pp); i++)
			n += pp[i].pp_ref == 0 && pp[i].pp_link == NULL;
	}
	return n;
}

// The page table entry for va: page and permissions, or 0
static inline pte_t
entry_of(const void *va)
{
	if (!page_is_mapped(va))
		return 0;
	return uvpt[PGNUM(va)] & ~(PTE_A | PTE_D);
}

static inline int
refs_of(const void *va)
{
	return page_is_mapped(va) ? pages[PGNUM(uvpt[PGNUM(va)])].pp_ref : 0;
}

#endif // JOS_USER_CHECK_THREAD_H
