// kern/spinlock.c - spin locks.
//
// kern/spinlock.h takes a free lock, and releases a lock that no CPU waits for,
// inline, as every system call does both.  This file has the rest: waiting for
// a lock, waking the CPUs that wait, and records for finding mistakes and
// costs.
//
// Entry points: spin_lock, spin_unlock and, for the kernel's lock,
// lock_kernel, unlock_kernel, kernel_locked, all in kern/spinlock.h;
// spin_hook, spin_print.

#include <inc/assert.h>
#include <inc/memlayout.h>
#include <inc/string.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/widen.h>
#include <kern/kdebug.h>
#include <kern/spinlock.h>

bool spin_watched, spin_hooks;

struct spinlock kernel_lock = { .name = "kernel_lock" };

void
spin_hook(void)
{
	spin_hooks = true;
	__sync_fetch_and_or(&kernel_lock.holder, SPIN_SLOW);
}

void
__spin_initlock(struct spinlock *lk, const char *name)
{
	memset(lk, 0, sizeof(*lk));
	lk->name = name;
}

// Record the return addresses on this CPU's kernel stack, innermost first.  The
// outermost frame holds a program's %ebp, which may be anything: follow %ebp
// only upward, to a whole frame on this stack.
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
	const struct CpuInfo *holder = spin_holder(lk);

	cprintf("%s: waited for %u times\n", lk->name, lk->waits);
	cprintf("Slept over at most %u times during one wait\n",
		lk->most_sleeps);
	for (int i = 0; i < ncpu; i++)
		cprintf("CPU %d kept %u ticks that came during a wait, and "
			"took %u\n", i, deferred_ticks[i].kept,
			deferred_ticks[i].taken);
	if (holder)
		cprintf("CPU %d has it\n", holder->cpu_id);
	if (!spin_watched)
		return;
	if (holder)
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

// Record that this CPU has taken lk.  The frame of a trap from user mode is at
// the top of this CPU's stack.
static void
record_taken(struct spinlock *lk)
{
	const struct Trapframe *tf = cpu_program_frame();
	const bool on_that_stack = (uintptr_t) tf - read_ebp() < KSTKSIZE;
	struct Hold *h = &lk->now;

	widen();
	if (!spin_watched)
		return;
	record_callers(h->pcs, NCALLERS);
	if ((h->by_trap = on_that_stack && tf->tf_cs != 0)) {
		h->trapno = tf->tf_trapno;
		h->eax = tf->tf_regs.reg_eax;
	}
	h->time = now();
}

// Record how long this CPU has held lk, unless this is before it ran a program.
static void
record_released(struct spinlock *lk)
{
	struct Hold *h = &lk->now;

	widen();
	if (!spin_watched)
		return;
	h->time = now() - h->time;
	if (h->by_trap && h->time > lk->longest.time)
		lk->longest = *h;
}

static void __attribute__((noreturn))
mistake(const struct spinlock *lk, const char *what)
{
	const struct CpuInfo *holder = spin_holder(lk);

	if (spin_watched) {
		cprintf("Acquired at:\n");
		print_callers(lk->now.pcs, NCALLERS);
	}
	if (!holder)
		panic("CPU %d cannot %s %s: no CPU has it", cpunum(), what,
			lk->name);
	panic("CPU %d cannot %s %s: held by CPU %d", cpunum(), what, lk->name,
		holder->cpu_id);
}

// ------------------------------------------------------------------ taking

// A CPU that waits reads the lock SPINS times before it sleeps, which takes
// about as long as the kernel usually holds the lock.  After each LOOKS reads
// comes a pause, which takes QEMU as long as some hundred instructions.
#define SPINS	800
#define LOOKS	16

// A CPU that went to sleep so often during one wait is starving.
#define MAX_SLEEPS	8

// Has this CPU (me) got the lock?  It has if the lock was handed off to it, or
// if the lock is free and it is the first to take it.  Mostly this only reads,
// so that all caches keep the lock.  Other CPUs may be asleep, so SPIN_SLOW is
// set.
static inline bool
try_lock(struct spinlock *lk, struct CpuInfo *me)
{
	const uintptr_t seen = lk->holder, mine = (uintptr_t) me | SPIN_SLOW;

	return seen == mine || ((seen & ~SPIN_SLOW) == 0
		&& __sync_bool_compare_and_swap(&lk->holder, seen, mine));
}

// Wait for the lock.  Interrupts are off, so requests of other CPUs are polled.
static void
wait_for_lock(struct spinlock *lk, struct CpuInfo *me)
{
	const uint32_t bit = 1u << me->cpu_id;
	uint32_t sleeps = 0;

	for (int spins = 0; !try_lock(lk, me); spins++) {
		ipi_poll();
		if (spins < SPINS) {
			if (spins % LOOKS == LOOKS - 1)
				pause();
			continue;
		}

		// Go to sleep.  This CPU tries once more after its bit and
		// SPIN_SLOW are set, and spin_unlock_slow reads the bits after
		// the lock is free, with locked instructions between: so either
		// this CPU gets the lock, or it is woken.
		if (!(__sync_fetch_and_or(&lk->waiting, bit) & bit)
		    && sleeps++ == MAX_SLEEPS)
			__sync_fetch_and_or(&lk->starving, bit);
		widen();
		__sync_fetch_and_or(&lk->holder, SPIN_SLOW);
		widen();
		if (try_lock(lk, me))
			break;
		widen();
		wait_for_interrupt();
		spins = 0;
	}
	widen();
	__sync_fetch_and_and(&lk->waiting, ~bit);
	if (sleeps > MAX_SLEEPS)
		__sync_fetch_and_and(&lk->starving, ~bit);
	lk->most_sleeps = MAX(lk->most_sleeps, sleeps);
	lk->waits++;
}

void
spin_lock_slow(struct spinlock *lk)
{
	struct CpuInfo *const me = thiscpu;

	if (spin_holder(lk) == me)
		mistake(lk, "acquire");
	if (read_eflags() & FL_IF)
		panic("CPU %d: interrupts are on, %s", cpunum(), lk->name);
	if (!try_lock(lk, me))
		wait_for_lock(lk, me);
	if (spin_hooks)
		record_taken(lk);
}

// --------------------------------------------------------------- giving up

// Returns the first of these CPUs, in circular order from the one after this
// CPU.
static int
next_of(uint32_t these)
{
	const uint32_t above = these & ~1u << cpunum();

	return __builtin_ctz(above ? above : these);
}

// The lock is free: wake one of the CPUs that sleep until it is.  A CPU that
// gets the lock without being woken clears its own bit; then the IPI does no
// harm.  A CPU that is woken and finds the lock taken sets its bit again before
// it sleeps.
static void
wake_waiter(struct spinlock *lk)
{
	const uint32_t waiting = lk->waiting;

	if (!waiting)
		return;
	widen();

	const int cpu = next_of(waiting);

	__sync_fetch_and_and(&lk->waiting, ~(1u << cpu));
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

// Release lk, or hand it off to a CPU that is starving.  That CPU is in
// wait_for_lock, since a CPU clears its bit in starving before it releases the
// lock; and it hands the lock off in turn, so all starving CPUs get the lock,
// in circular order.
void
spin_unlock_slow(struct spinlock *lk)
{
	const uint32_t starving = lk->starving;

	if (spin_holder(lk) != thiscpu)
		mistake(lk, "release");
	if (spin_hooks)
		record_released(lk);
	if (starving) {
		const int next = next_of(starving);

		xchg(&lk->holder, (uintptr_t) &cpus[next] | SPIN_SLOW);
		lapic_ipi_to(next, IRQ_OFFSET + IRQ_WAKE);
		return;
	}
	xchg(&lk->holder, lk->waiting || spin_hooks ? SPIN_SLOW : 0);
	widen();
	wake_waiter(lk);
}
