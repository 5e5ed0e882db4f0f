// ext/entries/entries.c - counts how often programs come into the kernel by a
// system call's interrupt, and by a page fault.
//
// The stubs in stubs.S count, and then go on as the plain gates do.  With this
// extension off, nothing is counted, and the gates are the plain ones.
//
// Entry point: a system call.

#include <inc/error.h>
#include <inc/mmu.h>
#include <inc/trap.h>

#include <ext/calls.h>

#include <kern/ext.h>
#include <kern/trap.h>

// stubs.S
void entries_count_syscall(void);
void entries_count_pgflt(void);

volatile uint32_t entries_syscalls, entries_pgflts;
uintptr_t entries_stub_syscall, entries_stub_pgflt;

// Where the gate leads now; make it lead to `stub'.
static uintptr_t
redirect(struct Gatedesc *gate, void (*stub)(void))
{
	const uintptr_t old = gate->gd_off_31_16 << 16 | gate->gd_off_15_0;

	gate->gd_off_15_0 = (uintptr_t) stub & 0xFFFF;
	gate->gd_off_31_16 = (uintptr_t) stub >> 16;
	return old;
}

static void
entries_ready(void)
{
	entries_stub_syscall = redirect(&idt[T_SYSCALL], entries_count_syscall);
	entries_stub_pgflt = redirect(&idt[T_PGFLT], entries_count_pgflt);
}

// SYS_entries: how many there were of a kind, a vector's number; -E_INVAL
static bool
entries_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a2, (void) a3, (void) a4, (void) a5;

	if (number != SYS_entries)
		return false;
	if (a1 == T_SYSCALL)
		*result = entries_syscalls & 0x7FFFFFFF;
	else if (a1 == T_PGFLT)
		*result = entries_pgflts & 0x7FFFFFFF;
	else
		*result = -E_INVAL;
	return true;
}

EXTENSION(entries, .ready = entries_ready, .syscall = entries_syscall);
