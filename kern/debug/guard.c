// kern/debug/guard.c - guard pages, which fault when they are used: the page
// below the boot stack, and with SAN=1 all free pages.
//
// With SAN=1, from guard_init on, the present bit of a free page's entry above
// KERNBASE is off.  Code that uses a freed page faults, and the panic says why.
// A page that page_alloc gives out holds a pattern, so that code that wrongly
// expects zeros fails.
//
// All address spaces share the page tables above UTOP, so one entry is all
// there is to change.  Other CPUs may have it in their TLB, and flush their TLB
// before they hold the kernel lock again (tlb_flush_later).  An entry that
// becomes present needs no flush, as a TLB holds present entries only (SDM 3A,
// 4.10.2.3).
//
// Entry points: guard_init; debug_page_alloc and debug_page_free, for
// page_alloc and page_free; guard_page_fault.

#include <inc/assert.h>
#include <inc/mmu.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/guard.h>
#include <kern/dev/fwcfg.h>
#include <kern/pmap.h>

#define PATTERN		0x97

static const bool wanted = SAN;		// make's SAN
bool guard_on;

static pte_t *
entry_of(const struct PageInfo *pp)
{
	return pgdir_walk(kern_pgdir, page2kva(pp), 0);
}

// Take a page's mapping away, for page_free, or give it back, for page_alloc.
void
guard_page(struct PageInfo *pp, bool is_free)
{
	if (is_free) {
		*entry_of(pp) &= ~PTE_P;
		invlpg(page2kva(pp));
		tlb_flush_later();
	} else {
		*entry_of(pp) |= PTE_P;
		memset(page2kva(pp), PATTERN, PGSIZE);
	}
}

// The kernel has faulted at va: panic if a free page is there.
void
guard_page_fault(uintptr_t va)
{
	if (!guard_on || va < KERNBASE)
		return;
	const pte_t *pte = pgdir_walk(kern_pgdir, (void *) va, 0);
	if (pte && !(*pte & PTE_P))
		panic("use of freed page %08x at va %08x", PTE_ADDR(*pte), va);
}

// With -fw_cfg name=opt/jos/guard,string=WHAT, use a free page
// (tests/test-san).
static void
guard_test(void)
{
	char what[8];
	if (fwcfg_string("opt/jos/guard", what, sizeof(what)) < 0)
		return;

	struct PageInfo *pp = page_alloc(0);
	const volatile uint8_t *bytes = page2kva(pp);
	cprintf("guard: a new page has %02x\n", bytes[PGSIZE - 1]);
	page_free(pp);
	cprintf("guard: a free one has %02x\n", bytes[PGSIZE - 1]);
}

static void
guard_boot_stack(void)
{
	*pgdir_walk(kern_pgdir, bootstack_gap, 0) &= ~PTE_P;
	invlpg(bootstack_gap);
}

void
guard_init(void)
{
	guard_boot_stack();
	guard_on = wanted;
	if (!guard_on)
		return;
	for (struct PageInfo *pp = page_free_list; pp; pp = pp->pp_link)
		*entry_of(pp) &= ~PTE_P;
	tlbflush();
	guard_test();
}
