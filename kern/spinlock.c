// kern/spinlock.c - spin locks.
//
// Taking a lock that is free, and giving it up, are in kern/spinlock.h, for
// every system call does both.  Here is the rest: waiting for one, and what
// helps to find mistakes and costs.
//
// Entry points: spin_lock, spin_unlock, spin_holding and, for the kernel's
// lock, lock_kernel, unlock_kernel, kernel_locked, all in kern/spinlock.h;
// spin_print.

#include <inc/assert.h>
#include <inc/memlayout.h>
#include <inc/string.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/kdebug.h>
#include <kern/spinlock.h>

bool spin_watched;

struct spinlock kernel_lock = { .name = "kernel_lock" };

void
__spin_initlock(struct spinlock *lk, const char *name)
{
	memset(lk, 0, sizeof(*lk));
	lk->name = name;
}

// Note the return addresses on our stack, innermost first.  The outermost
// frame holds a program's %ebp, which may be anything: follow none that does
// not lead up, to a whole frame on the same stack.
static void
record_callers(uintptr_t pcs[], int n)
{
	uintptr_t frame = read_ebp(), low = frame;
	const uintptr_t high = ROUNDUP(frame, KSTKSIZE) - 2 * sizeof(frame);
	int i = 0;

	while (i < n && frame >= low && frame <= high) {
		const uintptr_t *words = (const uintptr_t *) frame;

		pcs[i++] = words[1];
		low = frame + 1;
		frame = words[0];
	}
	while (i < n)
		pcs[i++] = 0;
}

static void
print_callers(const uintptr_t pcs[], int n)
{
	struct Eipdebuginfo info;

	for (int i = 0; i < n && pcs[i]; i++) {
		debuginfo_eip(pcs[i] - 1, &info);
		cprintf("  %08x %s:%d: %.*s+%x\n", pcs[i], info.eip_file,
			info.eip_line, info.eip_fn_namelen, info.eip_fn_name,
			pcs[i] - info.eip_fn_addr);
	}
}

static void
print_hold(const struct Hold *h)
{
	if (h->by_trap)
		cprintf("Came in by trap %d, eax %d\n", h->trapno, h->eax);
	cprintf("Taken at\n");
	print_callers(h->pcs, NCALLERS);
}

void
spin_print(const struct spinlock *lk)
{
	cprintf("%s: taken %u times, waited for %u times\n",
		lk->name, lk->taken, lk->waits);
	cprintf("Given up at most %u times before the one whose turn it was "
		"got it\n", lk->most_passes);
	if (lk->cpu)
		cprintf("CPU %d has it\n", lk->cpu->cpu_id);
	if (!spin_watched)
		return;
	if (lk->cpu)
		print_hold(&lk->now);
	cprintf("Longest held for %llu ticks\n", lk->longest.time);
	print_hold(&lk->longest);
}

// In ticks of the time-stamp counter; older processors have none.
static uint64_t
now(void)
{
	return cpu_has_tsc ? read_tsc() : 0;
}

// How often to look at the lock before going to sleep over it: for about as
// long as the kernel usually keeps it.  After so many looks comes a pause, which
// takes QEMU as long as some hundred instructions.
#define SPINS	800
#define LOOKS	16

// How often it may be given up before who is called gets it.  That takes far less
// if the host has a processor for the one called.
#define PASSES	1000

// Get the lock if it is free.  Who waits mostly only reads it, so that it stays
// in all caches.
static inline bool
catch(struct spinlock *lk)
{
	return !lk->locked && !xchg(&lk->locked, true);
}

static inline bool
is_given(struct spinlock *lk, uint32_t me)
{
	return lk->turn == me && lk->given;
}

// We are about to sleep: put our name down.  If the caller then looks at the
// lock again, either it is free or who gives it up sees our name, for both
// write with a locked instruction before they read.
static void
begin_waiting(struct spinlock *lk, uint32_t me)
{
	if (lk->turn == me)
		lk->called = false;	// that was in vain
	__sync_fetch_and_or(&lk->waiting, me);
}

// We have the lock.
static void
end_waiting(struct spinlock *lk, uint32_t me)
{
	__sync_fetch_and_and(&lk->waiting, ~me);
	if (lk->turn != me)
		return;
	lk->turn = 0;
	lk->called = lk->given = false;
	lk->most_passes = MAX(lk->most_passes, lk->passes);
	lk->passes = 0;
}

// Wait for the lock.  Interrupts are off, so what other CPUs ask of us
// meanwhile, cpu_service() has to look for.
void
spin_wait(struct spinlock *lk)
{
	const uint32_t me = 1u << cpunum();

	if (read_eflags() & FL_IF)
		panic("CPU %d: interrupts are on, %s", cpunum(), lk->name);
	for (int spins = 0; !catch(lk) && !is_given(lk, me); spins++) {
		cpu_service();
		if (spins < SPINS) {
			if (spins % LOOKS == LOOKS - 1)
				pause();
		} else if (spins == SPINS) {
			begin_waiting(lk, me);
		} else {
			wait_for_interrupt();
			spins = 0;
		}
	}
	if (lk->waiting & me)
		end_waiting(lk, me);
	lk->waits++;
}

// Say whose turn it is, going round from the one after the last.
static void
begin_turn(struct spinlock *lk)
{
	const uint32_t above = lk->waiting & ~1u << lk->last;

	lk->last = __builtin_ctz(above ? above : lk->waiting);
	lk->turn = 1u << lk->last;
}

// We gave the lock up, and others wait.  Call the one whose turn it is, or give
// it the lock if others were faster too often.  That is for who has the lock to
// do: take it again.  If another CPU is faster, that one will come here.
void
spin_share(struct spinlock *lk)
{
	const bool give = ++lk->passes > PASSES;

	while (lk->waiting && (give || !lk->called) && catch(lk)) {
		if (!lk->turn && lk->waiting)
			begin_turn(lk);

		const bool call = lk->turn && (give || !lk->called);
		const int cpu = lk->last;

		if (call) {
			lk->called = true;
			lk->given = give;
		}
		if (!lk->given)
			xchg(&lk->locked, false);
		if (call)
			lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
	}
}

// The frame of a trap from user mode is at the top of our stack.
void
spin_note_taken(struct spinlock *lk)
{
	const struct Trapframe *tf =
		(const struct Trapframe *) thiscpu->cpu_ts.ts_esp0 - 1;
	const bool on_that_stack = (uintptr_t) tf - read_ebp() < KSTKSIZE;
	struct Hold *h = &lk->now;

	record_callers(h->pcs, NCALLERS);
	if ((h->by_trap = on_that_stack && tf->tf_cs != 0)) {
		h->trapno = tf->tf_trapno;
		h->eax = tf->tf_regs.reg_eax;
	}
	h->time = now();
}

// How long was it ours?  The time until the first program runs does not count.
void
spin_note_given(struct spinlock *lk)
{
	struct Hold *h = &lk->now;

	h->time = now() - h->time;
	if (h->by_trap && h->time > lk->longest.time)
		lk->longest = *h;
}

void
spin_mistake(struct spinlock *lk, const char *what)
{
	if (spin_watched) {
		cprintf("Acquired at:\n");
		print_callers(lk->now.pcs, NCALLERS);
	}
	panic("CPU %d cannot %s %s: held by CPU %d", cpunum(), what, lk->name,
		lk->cpu ? lk->cpu->cpu_id : -1);
}
