// kern/ext.h - where the extensions in ext/ come into the kernel.
//
// An extension is linked into the kernel if make has EXT=, and does something if
// EXT= also names it (fw_cfg opt/jos/ext).  It is a struct Extension; the linker
// collects them (section .extensions).  All functions in it may be left out.
// ext/README.md says how to write one.

#ifndef JOS_KERN_EXT_H
#define JOS_KERN_EXT_H

#include <inc/trap.h>
#include <inc/types.h>

#include <kern/monitor.h>

// A command of the kernel monitor
struct ExtCommand {
	const char *name;
	const char *desc;
	monitor_command *func;
};

struct Extension {
	const char *name;

	// Once, on the boot CPU, before there is memory or paging of its own:
	// the time for ext_replace
	void (*boot)(void);

	// Once, when all is set up, before the first environment is created
	void (*ready)(void);

	// On each CPU but the boot CPU, before it loads kern_pgdir
	void (*paging)(void);

	// On each CPU, before it runs programs
	void (*cpu)(void);

	// A system call that the plain kernel does not have.  Returns whether
	// the extension has it, and then its result in *result.
	bool (*syscall)(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
		uint32_t a4, uint32_t a5, int32_t *result);

	// A trap that would end curenv.  Returns whether it shall not.
	bool (*trap)(struct Trapframe *tf);

	// Commands of the monitor, ended by one without a name
	const struct ExtCommand *commands;
};

// EXTENSION(buddy, .boot = buddy_boot);
//
// Without `aligned', a compiler may leave room between two large structs.
#define EXTENSION(id, ...)						\
	static const struct Extension extension_##id			\
	__attribute__((used, section(".extensions"), aligned(4))) =	\
		{ .name = #id, __VA_ARGS__ }

// Does EXT= name that extension?
bool ext_on(const char *name);

// From now on, calls of the function `old` go to `new`, which takes the same
// arguments.  To be called in boot(); old must be a function of the kernel that
// other files call, for those are in no caller's code.
void ext_replace(void *old, void *new);

// What the kernel calls
void ext_boot(void);
void ext_ready(void);
void ext_paging(void);
void ext_cpu(void);
int32_t ext_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5);
bool ext_trap(struct Trapframe *tf);
void ext_help(void);			// of their monitor commands
const struct ExtCommand *ext_command(const char *name);	// or NULL
int ext_run_command(int argc, char **argv, struct Trapframe *tf);

#endif // JOS_KERN_EXT_H
