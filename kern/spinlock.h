// kern/spinlock.h - spin locks, and the one that guards the kernel.
//
// Rules of the kernel lock:
// - A CPU takes it on entering from user mode or on waking from idleness, and
//   gives it up just before it returns to user mode or goes idle.
// - A CPU that has it does not take it again.  Interrupts stay off meanwhile,
//   but for the monitor's wait for a key and ipi_flush_wait's for a CPU.
// - A CPU that waits for it may let interrupts in; they only wake the CPU.
// - A CPU that has it may use every variable in kern/; a CPU without it only
//   the variables that belong to that CPU.

#ifndef JOS_KERN_SPINLOCK_H
#define JOS_KERN_SPINLOCK_H

#include <inc/types.h>
#include <inc/x86.h>

#include <kern/cpu.h>

#define NCALLERS	10		// depth of the recorded call stack

// A free lock goes to the first CPU that tries, not to the CPU that has waited
// longest: that CPU may be asleep, and all others would have to wait until it
// is awake.  CPUs that wait long do sleep, so that a host with fewer processors
// than this machine can run the CPUs that work.  Each unlock wakes one sleeping
// CPU.  A CPU that was woken too often in vain is starving: the next unlock
// hands the lock off to it, with the store that would otherwise have freed the
// lock, so that no other CPU can get in first.
//
// Without contention, locking and unlocking are one compare and swap each, from
// 0 to the holder and back.  As long as CPUs sleep while waiting for the lock,
// or spin_hooks is set, SPIN_SLOW makes both fail and sends every CPU to
// spin_lock_slow or spin_unlock_slow.
//
// tests/lock.pml is a model of this lock for a model checker.  Change both
// together.
#define SPIN_SLOW	1

struct spinlock {
	volatile uintptr_t holder;	// the holder's struct CpuInfo, or 0;
					// and SPIN_SLOW, or not
	volatile uint32_t waiting;	// a bit for each CPU that sleeps and
					// has not been woken yet
	volatile uint32_t starving;	// a bit for each CPU that starves; it
					// clears its bit when it has the lock

	// For finding mistakes
	const char *name;
	uint32_t waits;			// how often a CPU had to wait
	uint32_t most_sleeps;		// of a CPU during one wait

	// With spin_watched: the present hold of the lock, and the longest one
	struct Hold {
		uintptr_t pcs[NCALLERS]; // return addresses of spin_lock and
					// its callers
		uint64_t time;		// time stamp counter at its beginning;
					// in longest, how long it took
		bool by_trap;		// the lock was taken for a trap:
		uint32_t trapno;	// the trap's number
		uint32_t eax;		// the program's eax, which is the
					// number of a system call
	} now, longest;
};

// Record each hold of a lock?  That costs more than taking the lock.
extern bool spin_watched;
extern bool spin_hooks;			// is spin_watched or widened set?
void spin_hook(void);			// set spin_hooks

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

// Compare and swap is a barrier: neither the compiler nor a processor moves
// accesses to memory across it.

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

// Release the kernel lock.  If environments became ready, wake an idle CPU.
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
