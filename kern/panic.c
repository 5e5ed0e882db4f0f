// kern/panic.c - when the machine cannot go on.
//
// Entry points: _panic, _warn, through the macros of inc/assert.h, from
// anywhere in the kernel, even during a panic; panicstr, panic_cpu.

#include <inc/assert.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/panic.h>

// The backtrace or the monitor may panic again.  After MAXDEPTH panics the CPU
// stops, before the stack overflows.
#define MAXDEPTH	5

const char *panicstr;
volatile int panic_cpu;
void (*panic_hook)(const char *fmt, va_list ap);

static void __attribute__((noreturn))
stop(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void
print_message(const char *file, int line, const char *fmt, va_list ap)
{
	cprintf(" at %s:%d: ", file, line);
	vcprintf(fmt, ap);
	cprintf("\n");
}

// Print the message and where it comes from, print the stack, and stay in the
// monitor.  The first CPU that panics does this; another CPU that panics stops.
void
_panic(const char *file, int line, const char *fmt, ...)
{
	static volatile uint32_t begun;
	static int depth;
	va_list ap;

	if (panic_hook) {
		va_start(ap, fmt);
		panic_hook(fmt, ap);
	}
	__asm__ volatile("cli; cld");
	if (xchg(&begun, 1) == 0) {
		panic_cpu = cpunum();
		panicstr = fmt;
		cpus_stop();
	} else if (panicstr == NULL || panic_cpu != cpunum())
		stop();
	if (++depth > MAXDEPTH)
		stop();

	cprintf("kernel panic");
	if (lab->smp)
		cprintf(" on CPU %d", panic_cpu);
	va_start(ap, fmt);
	print_message(file, line, fmt, ap);
	va_end(ap);
	user_memory_open();		// for the backtrace and the monitor
	if (depth == 1)
		mon_backtrace(0, NULL, NULL);
	for (;;)
		monitor(NULL);
}

// Print the message and where it comes from, and return.
void
_warn(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	cprintf("kernel warning");
	va_start(ap, fmt);
	print_message(file, line, fmt, ap);
	va_end(ap);
}
