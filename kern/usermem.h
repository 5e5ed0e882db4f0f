// kern/usermem.h - what programs may say of their memory (kern/usermem.c).

#ifndef JOS_KERN_USERMEM_H
#define JOS_KERN_USERMEM_H

#include <inc/memlayout.h>
#include <inc/syscall.h>
#include <inc/types.h>

struct Env;
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

struct PageInfo *page_to_share(struct Env *e, void *srcva, int perm);

#endif // JOS_KERN_USERMEM_H
