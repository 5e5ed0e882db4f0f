// kern/monitor.h - the kernel's command line, for looking around.

#ifndef JOS_KERN_MONITOR_H
#define JOS_KERN_MONITOR_H

#include <inc/types.h>

struct Trapframe;

// Run commands until one of them leaves the monitor.  tf is the trap that led
// to the monitor, or NULL.
void monitor(struct Trapframe *tf);
extern uint32_t monitor_eflags;		// EFLAGS when monitor() was called

// The commands.  A negative result leaves the monitor.
typedef int monitor_command(int argc, char **argv, struct Trapframe *tf);

monitor_command mon_help, mon_kerninfo, mon_backtrace;
monitor_command mon_envs, mon_kill, mon_free, mon_check, mon_lock;
monitor_command mon_continue, mon_poweroff;

// kern/debug/contract.c
monitor_command mon_contracts;

// kern/debug/misuse.c
monitor_command mon_irq, mon_overflow, mon_misuse;

// kern/debug/inject.c
monitor_command mon_inject;

#endif // JOS_KERN_MONITOR_H
