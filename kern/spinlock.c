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
#include <kern/debug/widen.h>
#include <kern/kdebug.h>
#include <kern/spinlock.h>

bool spin_watched, spin_hooks;

struct spinlock kernel_lock = { .name = "kernel_lock" };

void
spin_hook(void)
{
	spin_hooks = true;
	kernel_lock.starving = SPIN_HOOKED;
}

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
	cprintf("Slept over at most %u times during one wait\n",
		lk->most_asked);
	for (int i = 0; i < ncpu; i++)
		cprintf("CPU %d kept %u ticks that came during a wait, and saw "
			"to %u\n", i, cpu_ticks[i].kept, cpu_ticks[i].taken);
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

// A CPU that was woken so often in vain, during one wait, is starving.
#define IN_VAIN	8

// Is the lock ours?  It is if it was handed over to us, or if it is free and we
// are the first.  Who waits mostly only reads, so that all caches keep it.
static inline bool
catch(struct spinlock *lk, struct CpuInfo *me)
{
	struct CpuInfo *const cpu = lk->cpu;

	return cpu == me || (!cpu
		&& __sync_bool_compare_and_swap(&lk->cpu, NULL, me));
}

// Wait for the lock.  Interrupts are off, so what other CPUs ask of us
// meanwhile, cpu_service() has to look for.
void
spin_wait(struct spinlock *lk)
{
	struct CpuInfo *const me = thiscpu;
	const uint32_t bit = 1u << me->cpu_id;
	uint32_t asked = 0;		// how often to be woken

	if (lk->cpu == me)
		spin_mistake(lk, "acquire");
	if (read_eflags() & FL_IF)
		panic("CPU %d: interrupts are on, %s", cpunum(), lk->name);
	for (int spins = 0; !catch(lk, me); spins++) {
		cpu_service();
		if (spins < SPINS) {
			if (spins % LOOKS == LOOKS - 1)
				pause();
			continue;
		}

		// Go to sleep.  We look once more after our bit is set, and
		// spin_unlock looks for bits after the lock is free, both with
		// a locked instruction between: one of us sees the other.
		if (!(__sync_fetch_and_or(&lk->waiting, bit) & bit)
		    && asked++ == IN_VAIN)
			__sync_fetch_and_or(&lk->starving, bit);
		widen();
		if (catch(lk, me))
			break;
		widen();
		wait_for_interrupt();
		spins = 0;
	}
	widen();
	__sync_fetch_and_and(&lk->waiting, ~bit);
	if (asked > IN_VAIN)
		__sync_fetch_and_and(&lk->starving, ~bit);
	lk->most_asked = MAX(lk->most_asked, asked);
	lk->waits++;
}

// The first of these CPUs in circular order from the one after us.
static int
next_of(uint32_t these)
{
	const uint32_t above = these & ~1u << cpunum();

	return __builtin_ctz(above ? above : these);
}

// The lock is free, and CPUs sleep over it: wake one.  It clears its bit itself
// if it gets the lock without our help; then our interrupt does no harm.  If it
// is woken and finds the lock taken, it sets its bit again before it sleeps.
void
spin_wake(struct spinlock *lk)
{
	const uint32_t waiting = lk->waiting;

	if (!waiting)
		return;
	widen();

	const int cpu = next_of(waiting);

	__sync_fetch_and_and(&lk->waiting, ~(1u << cpu));
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

// Make the lock, which is ours, another CPU's that is starving.  That one is in
// spin_wait, for it clears its bit before it gives the lock up.  It does the
// same in turn, so that all of them are served, in circular order.
static void
hand_over(struct spinlock *lk, int cpu)
{
	if (!__sync_bool_compare_and_swap(&lk->cpu, thiscpu, &cpus[cpu]))
		spin_mistake(lk, "release");
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

void
spin_unlock_long(struct spinlock *lk)
{
	const uint32_t starving = lk->starving & ~SPIN_HOOKED;

	if (spin_hooks)
		spin_note_given(lk);
	if (starving) {
		hand_over(lk, next_of(starving));
		return;
	}
	if (!__sync_bool_compare_and_swap(&lk->cpu, thiscpu, NULL))
		spin_mistake(lk, "release");
	widen();
	if (lk->waiting)
		spin_wake(lk);
}

// The frame of a trap from user mode is at the top of our stack.
void
spin_note_taken(struct spinlock *lk)
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

// How long was it ours?  The time until the first program runs does not count.
void
spin_note_given(struct spinlock *lk)
{
	struct Hold *h = &lk->now;

	widen();
	if (!spin_watched)
		return;
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
