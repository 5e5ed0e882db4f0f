// kern/spinlock.h - spin locks, and the one that guards the kernel.
//
// Rules of the kernel lock:
// - A CPU takes it on entering from user mode or on waking from idleness, and
//   gives it up just before it returns to user mode or goes idle.
// - A CPU that has it does not take it again.  Interrupts stay off meanwhile,
//   but for the monitor's wait for a key.
// - A CPU that waits for it may let interrupts in; they only wake it.
// - Who has it may use every variable in kern/; who has it not may use only
//   what belongs to its own CPU.

#ifndef JOS_KERN_SPINLOCK_H
#define JOS_KERN_SPINLOCK_H

#include <inc/types.h>
#include <kern/cpu.h>

// A ticket lock: CPUs get it in the order in which they asked.  Whoever waits
// for long halts, so that a host with fewer processors can run the others.
struct spinlock {
	volatile uint32_t next;		// the ticket handed out next
	volatile uint32_t serving;	// the ticket whose turn it is

	// Who sleeps with ticket t: CPU sleeper[t % NCPU] - 1
	volatile uint32_t sleeper[NCPU];

	// For finding mistakes
	const char *name;
	struct CpuInfo *cpu;		// who has it
	uintptr_t pcs[10];		// who took it, innermost call first
};

#define spin_initlock(lock) __spin_initlock(lock, #lock)
void __spin_initlock(struct spinlock *lk, const char *name);
void spin_lock(struct spinlock *lk);
void spin_unlock(struct spinlock *lk);
bool spin_holding(struct spinlock *lk);	// does this CPU have it?

extern struct spinlock kernel_lock;

void lock_kernel(void);
void unlock_kernel(void);
bool kernel_locked(void);		// by this CPU

#endif // JOS_KERN_SPINLOCK_H
