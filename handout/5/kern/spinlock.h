// kern/spinlock.h - spin locks, and the one that guards the kernel.
//
// Rules of the kernel lock:
// - A CPU takes it on entering from user mode or on waking from idleness, and
//   gives it up just before it returns to user mode or goes idle.
// - A CPU that has it does not take it again.  Interrupts stay off meanwhile.
// - A CPU that has it may use every variable in kern/; a CPU without it only
//   the variables that belong to that CPU.

struct spinlock {
	volatile uint32_t locked;
	const char *name;		// for messages
	const struct CpuInfo *holder;
};

void spin_lock(struct spinlock *lk);
void spin_unlock(struct spinlock *lk);

static inline void
lock_kernel(void)
{
	spin_lock(&kernel_lock);
}

static inline void
unlock_kernel(void)
{
	spin_unlock(&kernel_lock);
}
