// kern/spinlock.c - spin locks.
//
// Entry points: spin_lock, spin_unlock; for the kernel's lock, lock_kernel and
// unlock_kernel (kern/spinlock.h).

// Does this CPU have the lock?
static bool
holding(const struct spinlock *lk)
{
	return lk->locked && lk->holder == thiscpu;
}

// Wait until the lock is free, and take it.
void
spin_lock(struct spinlock *lk)
{
	if (holding(lk))
		panic("CPU %d cannot acquire %s: it has it already",
			cpunum(), lk->name);

	// xchg is atomic, and neither the compiler nor the processor moves
	// accesses to memory across it.
	while (xchg(&lk->locked, 1) != 0)
		pause();
	lk->holder = thiscpu;
}

void
spin_unlock(struct spinlock *lk)
{
	if (!holding(lk))
		panic("CPU %d cannot release %s: it does not have it",
			cpunum(), lk->name);
	lk->holder = NULL;
	xchg(&lk->locked, 0);
}
