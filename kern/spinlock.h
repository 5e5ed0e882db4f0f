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

#define NCALLERS	10		// so many calls are remembered

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
	uintptr_t pcs[NCALLERS];	// who took it, innermost call first

	// For knowing what it costs, in ticks of the time-stamp counter
	uint32_t waits;			// how often a CPU had to wait for it
	uint64_t since;			// when it was taken
	uint64_t longest;		// the longest that it was held,
	uintptr_t longest_pcs[NCALLERS]; // ... and who took it then
};

#define spin_initlock(lock) __spin_initlock(lock, #lock)
void __spin_initlock(struct spinlock *lk, const char *name);
void spin_lock(struct spinlock *lk);
void spin_unlock(struct spinlock *lk);
bool spin_holding(struct spinlock *lk);	// does this CPU have it?
void spin_print(const struct spinlock *lk);	// for the monitor

// This CPU is about to leave the kernel: panic if it has a lock, or if an
// interrupt could still come in before it is out.
void spin_check_none(void);

extern struct spinlock kernel_lock;

void lock_kernel(void);
void unlock_kernel(void);
bool kernel_locked(void);		// by this CPU

#endif // JOS_KERN_SPINLOCK_H
