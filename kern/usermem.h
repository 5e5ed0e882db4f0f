// kern/usermem.h - checks of addresses, permissions and pages that programs
// pass to system calls.

#ifndef JOS_KERN_USERMEM_H
#define JOS_KERN_USERMEM_H

#include <inc/memlayout.h>
#include <inc/syscall.h>
#include <inc/types.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/pmap.h>

struct PageInfo;

// Is va the start of a page that a program may map?
static inline bool
user_page(const void *va)
{
	return (uintptr_t) va < UTOP && PGOFF(va) == 0;
}

// May a program ask for a mapping with these bits?
static inline bool
user_perm(int perm)
{
	return (perm & (PTE_P | PTE_U)) == (PTE_P | PTE_U)
		&& !(perm & ~PTE_SYSCALL);
}

// user_mem_assert, faster if the bytes are in one page
static inline void
user_mem_assert_few(struct Env *env, const void *va, size_t len, int perm)
{
	const pte_t *pte = (uintptr_t) va < UTOP
		&& len <= PGSIZE - PGOFF(va) ? page_entry(env->env_pgdir, va)
		: NULL;

	perm |= PTE_U | PTE_P;
	if (pte && (*pte & perm) == (pte_t) perm)
		user_memory_open();
	else
		user_mem_assert(env, va, len, perm);
}

// Returns the page at srcva of e, for the caller to map with perm.  NULL if
// srcva or perm is bad, there is no page, or perm has PTE_W and e's mapping has
// not.
static inline struct PageInfo *
page_to_share(struct Env *e, void *srcva, int perm)
{
	if (!user_page(srcva) || !user_perm(perm))
		return NULL;

	pte_t *pte;
	struct PageInfo *pp = page_lookup(e->env_pgdir, srcva, &pte);

	return pp && (*pte & perm & PTE_W) == (perm & PTE_W) ? pp : NULL;
}

#endif // JOS_KERN_USERMEM_H
