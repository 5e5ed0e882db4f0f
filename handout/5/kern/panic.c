// kern/panic.c - when the machine cannot go on.
//
// Entry points: _panic, _warn, through the macros of inc/assert.h, from
// anywhere in the kernel, even during a panic.

// Print the message and where it comes from, and stay in the monitor.  A panic
// during a panic prints nothing.
void
_panic(const char *file, int line, const char *fmt, ...)
{
	static bool panicked;
	va_list ap;

	if (panic_hook) {
		va_start(ap, fmt);
		panic_hook(fmt, ap);
	}
	__asm__ volatile("cli; cld");
	if (!panicked) {
		panicked = true;
		cprintf("kernel panic");
		if (lab->smp)
			cprintf(" on CPU %d", cpunum());
		va_start(ap, fmt);
		print_message(file, line, fmt, ap);
		va_end(ap);
	}
	for (;;)
		monitor(NULL);
}
