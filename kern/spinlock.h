// kern/spinlock.h - spin locks, and the one that guards the kernel.
//
// Rules of the kernel lock:
// - A CPU takes it on entering from user mode or on waking from idleness, and
//   gives it up just before it returns to user mode or goes idle.
// - A CPU that has it does not take it again.  Interrupts stay off meanwhile,
//   but for the monitor's wait for a key and ipi_flush_wait's for a CPU.
// - A CPU that waits for it may let interrupts in; they only wake it.
// - Who has it may use every variable in kern/; who has it not may use only
//   what belongs to its own CPU.

#ifndef JOS_KERN_SPINLOCK_H
#define JOS_KERN_SPINLOCK_H

#include <inc/types.h>
#include <inc/x86.h>

#include <kern/cpu.h>

#define NCALLERS	10		// so many calls are remembered

// A lock that is free goes to whichever CPU comes first, not to the one that
// has waited for longest: that one may be asleep, and the others would have to
// wait until it is awake.  For a CPU that waits for long does sleep, so that a
// host with fewer processors than this machine has can run the CPUs that work.
// Each unlock wakes one.  A CPU that was woken too often in vain is starving:
// from then on no other can get in first, for the lock is handed over to it,
// by the store that would otherwise have freed the lock.
//
// Mostly nobody waits: then taking a lock and giving it up are one compare and
// swap each, from 0 to the holder and back.  SPIN_SLOW makes both fail, and so
// brings every CPU to spin_lock_slow and spin_unlock_slow, as long as CPUs sleep
// over the lock or spin_hooks is set.
//
// tests/lock.pml is a model of this for a model checker.  Change both together.
#define SPIN_SLOW	1

struct spinlock {
	volatile uintptr_t holder;	// the holder's struct CpuInfo, or 0; and
					// maybe SPIN_SLOW
	volatile uint32_t waiting;	// CPUs that sleep and are not woken yet
	volatile uint32_t starving;	// a bit each; set by the CPU itself and
					// cleared by it when it has the lock

	// For finding mistakes
	const char *name;
	uint32_t waits;			// how often a CPU had to wait
	uint32_t most_sleeps;		// of a CPU during one wait

	// While spin_watched: who has it, and who had it longest
	struct Hold {
		uintptr_t pcs[NCALLERS]; // who took it, innermost call first
		uint64_t time;		// when; at last, for how long; in ticks
					// of the time-stamp counter
		bool by_trap;		// then the next two are valid
		uint32_t trapno;	// which trap brought this CPU in
		uint32_t eax;		// with this, for system calls a number
	} now, longest;
};

// Note who takes locks and for how long?  That costs more than taking them.
extern bool spin_watched;
extern bool spin_hooks;			// ... or widen windows?
void spin_hook(void);			// yes

#define spin_initlock(lock) __spin_initlock(lock, #lock)
void __spin_initlock(struct spinlock *lk, const char *name);
void spin_print(const struct spinlock *lk);	// for the monitor

void spin_lock_slow(struct spinlock *lk);
void spin_unlock_slow(struct spinlock *lk);

ALWAYS_INLINE struct CpuInfo *
spin_holder(const struct spinlock *lk)
{
	return (struct CpuInfo *) (lk->holder & ~SPIN_SLOW);
}

// Compare and swap keeps what we did before it in front of it, and what comes
// next behind it, for the compiler and for every processor.

ALWAYS_INLINE void
spin_lock(struct spinlock *lk)
{
	if (!__sync_bool_compare_and_swap(&lk->holder, 0, (uintptr_t) thiscpu))
		spin_lock_slow(lk);
}

ALWAYS_INLINE void
spin_unlock(struct spinlock *lk)
{
	if (!__sync_bool_compare_and_swap(&lk->holder, (uintptr_t) thiscpu, 0))
		spin_unlock_slow(lk);
}

extern struct spinlock kernel_lock;

ALWAYS_INLINE void
lock_kernel(void)
{
	spin_lock(&kernel_lock);
}

// Work that a CPU found while it had the lock goes to an idle one.
ALWAYS_INLINE void
unlock_kernel(void)
{
	if (cpus_idle && wakeups)
		cpu_wake_idle();
	spin_unlock(&kernel_lock);
}

ALWAYS_INLINE bool
kernel_locked(void)			// by this CPU
{
	return spin_holder(&kernel_lock) == thiscpu;
}

#endif // JOS_KERN_SPINLOCK_H
