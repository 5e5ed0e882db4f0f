// Run the next environment, or wait for one.  Needs the kernel lock.
void sched_yield(void) __attribute__((noreturn));
void sched_halt(void) __attribute__((noreturn));
