// kern/monitor.c - the kernel's command line, for looking around.
//
// A command is a function and a line in commands[].  Commands run when the
// kernel's data may be broken already, so they check each pointer that they
// follow.
//
// Entry points: monitor; mon_backtrace, for panics.

#include <inc/assert.h>
#include <inc/memlayout.h>
#include <inc/string.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/audit.h>
#include <kern/dev/power.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/kdebug.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/spinlock.h>
#include <kern/trap.h>

#define UNUSED __attribute__((unused))

uint32_t monitor_eflags;

static const struct Command {
	const char *name;
	const char *desc;
	monitor_command *func;
} commands[] = {
	{ "help", "Display this list of commands", mon_help },
	{ "kerninfo", "Display information about the kernel", mon_kerninfo },
	{ "backtrace", "Display the function calls that led here",
		mon_backtrace },
	{ "envs", "Display the environments", mon_envs },
	{ "kill", "End an environment: kill ENVID", mon_kill },
	{ "free", "Display how much memory is free", mon_free },
	{ "check", "Look for faults in the kernel's data", mon_check },
	{ "contracts", "Check functions: contracts [WHAT ...]",
		mon_contracts },
	{ "lock", "Display who holds the kernel lock, and for how long",
		mon_lock },
	{ "irq", "Leave the monitor with an interrupt: irq VECTOR", mon_irq },
	{ "overflow", "Use up the kernel's stack, to see the panic",
		mon_overflow },
	{ "misuse", "Do what the kernel must not, to see the panic: "
		"misuse stack|read|run", mon_misuse },
	{ "inject", "Inject faults into the kernel's data, to see them found",
		mon_inject },
	{ "continue", "Leave the monitor", mon_continue },
	{ "poweroff", "Switch the machine off", mon_poweroff },
};

// --------------------------------------------------------------- backtrace
// Each function begins by pushing its caller's %ebp and pointing %ebp at the
// copy, so that the calls in progress form a chain through the stack:
//
//	%ebp + 8	arguments
//	%ebp + 4	return address, in the caller
//	%ebp		the caller's %ebp, 0 at the end
//	below		local variables
//
// The chain may lead from the kernel's stack to a program's, whose contents
// cannot be trusted.

#define MAXFRAMES	100
#define MAXFRAMES_USER	11		// so that all fits on a screen
#define MAXARGS_SHOWN	5

// Is the word at va in the kernel's variables or in a kernel stack?
static bool
in_kernel_data(uintptr_t va)
{
	const uintptr_t last = va + sizeof(uint32_t) - 1;

	if (last < va)
		return false;		// wraps around
	if (last >= (uintptr_t) bootstack_gap && va < (uintptr_t) bootstack)
		return false;
	if (va >= (uintptr_t) edata && last < (uintptr_t) end)
		return true;		// bootstack, percpu_kstacks
	if (kern_pgdir == NULL || va >= KSTACKTOP)
		return false;

	const uintptr_t below_top = (KSTACKTOP - 1 - last);
	return below_top / (KSTKSIZE + KSTKGAP) < NCPU
		&& below_top % (KSTKSIZE + KSTKGAP)
			<= KSTKSIZE - sizeof(uint32_t);
}

// May the program that runs on this CPU read the word at va?
static bool
in_user_memory(uintptr_t va)
{
	return curenv != NULL && curenv->env_pgdir != NULL
		&& rcr3() == PADDR(curenv->env_pgdir)
		&& user_mem_check(curenv, (void *) va, sizeof(uint32_t),
			PTE_U) == 0;
}

// Read the word at va, aligned or not.  Returns false if that is not possible.
static bool
read_word(uintptr_t va, uint32_t *word)
{
	if (va >= ULIM ? !in_kernel_data(va) : !in_user_memory(va))
		return false;
	memmove(word, (const void *) va, sizeof(*word));
	return true;
}

// Is ebp in a program's normal stack (0), a program's exception stack (1) or a
// kernel stack (2)?  Calls and traps lead from a lower number to a higher one.
static int
stack_kind(uintptr_t ebp)
{
	if (ebp >= ULIM)
		return 2;
	return ebp >= UXSTACKTOP - PGSIZE && ebp < UXSTACKTOP;
}

// Can the function with the frame at ebp have been called by the one with the
// frame at caller_ebp?  A caller's frame is higher up on its stack, or on a
// stack of a lower kind: so every chain of frames ends.
static bool
can_be_caller(uintptr_t ebp, uintptr_t caller_ebp)
{
	const int kind = stack_kind(ebp);
	const int caller_kind = stack_kind(caller_ebp);

	return kind == caller_kind ? caller_ebp > ebp : caller_kind < kind;
}

// Print the source line and function of eip.  A return address follows the call
// instruction, and may belong to the next line or function already: look up the
// byte before it.
static void
print_place(uintptr_t eip, bool is_return)
{
	struct Eipdebuginfo info;

	if (debuginfo_eip(eip - is_return, &info) < 0)
		info.eip_fn_addr = eip;
	cprintf("         %s:%d: %.*s+%d\n", info.eip_file, info.eip_line,
		info.eip_fn_namelen, info.eip_fn_name,
		eip - info.eip_fn_addr);
}

static void
print_args(uintptr_t ebp)
{
	uint32_t word;

	cprintf("  args");
	for (int i = 0; i < MAXARGS_SHOWN; i++)
		if (read_word(ebp + 8 + 4 * i, &word))
			cprintf(" %08x", word);
		else
			cprintf(" --------");
	cprintf("\n");
}

// If eip is the return address of trap(), print the place that the trap
// interrupted, which the chain of frames leaves out.
static void
print_trap_place(uintptr_t eip, uintptr_t ebp)
{
	struct Eipdebuginfo info;
	uint32_t tf, from;
	const char *const stub = "_alltraps";

	if (eip < ULIM || debuginfo_eip(eip - 1, &info) < 0
	    || info.eip_fn_namelen != strlen(stub)
	    || strncmp(info.eip_fn_name, stub, strlen(stub)) != 0)
		return;
	if (read_word(ebp + 8, &tf) && read_word(
			tf + offsetof(struct Trapframe, tf_eip), &from)) {
		cprintf("  trap at   eip %08x\n", from);
		print_place(from, false);
	}
}

// Print the frame at ebp and those of its callers.
static void
print_frames(uintptr_t ebp)
{
	int of_program = 0;

	for (int n = 0; ebp != 0 && n < MAXFRAMES; n++) {
		uint32_t caller_ebp, eip;

		// Programs can make long chains: do not hold the kernel lock
		// for longer than a screen of lines takes.
		if (ebp < ULIM && of_program++ == MAXFRAMES_USER) {
			cprintf("  and so on\n");
			return;
		}
		if (!read_word(ebp, &caller_ebp) || !read_word(ebp + 4, &eip))
			return;
		cprintf("  ebp %08x  eip %08x", ebp, eip);
		print_args(ebp);
		print_place(eip, true);
		print_trap_place(eip, ebp);

		if (!can_be_caller(ebp, caller_ebp))
			return;
		ebp = caller_ebp;
	}
}

// Print the calls that led to trap tf; if tf is NULL, to mon_backtrace.
int
mon_backtrace(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf)
{
	cprintf("Stack backtrace:\n");
	if (tf) {
		cprintf("  trap at   eip %08x\n", tf->tf_eip);
		print_place(tf->tf_eip, false);
		print_frames(tf->tf_regs.reg_ebp);
	} else
		print_frames(read_ebp());
	return 0;
}

// ---------------------------------------------------------- other commands

int
mon_help(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		cprintf("%s - %s\n", commands[i].name, commands[i].desc);
	ext_help();
	return 0;
}

int
mon_kerninfo(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	static const struct {
		const char *name;
		const char *addr;
	} symbols[] = {
		{ "entry", entry }, { "etext", etext },
		{ "edata", edata }, { "end", end },
	};

	cprintf("Special kernel symbols:\n");
	cprintf("  _start                  %08x (phys)\n", _start);
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++)
		cprintf("  %-7s%08x (virt)  %08x (phys)\n", symbols[i].name,
			symbols[i].addr, PADDR(symbols[i].addr));
	cprintf("Kernel executable memory footprint: %dKB\n",
		(end - entry + 1023) / 1024);
	return 0;
}

int
mon_envs(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	static const char *const status[] = {
		[ENV_FREE] = "free", [ENV_DYING] = "dying",
		[ENV_RUNNABLE] = "runnable", [ENV_RUNNING] = "running",
		[ENV_NOT_RUNNABLE] = "waiting",
	};

	cprintf("env      parent   cpu eip      times run status\n");
	if (envs == NULL)
		return 0;
	for (const struct Env *e = envs; e < envs + NENV; e++) {
		if (e->env_status == ENV_FREE)
			continue;
		cprintf("%08x %08x %3d %08x %9u %s\n", e->env_id,
			e->env_parent_id, e->env_cpunum, e->env_tf.tf_eip,
			e->env_runs, e->env_status < ARRAY_SIZE(status)
				? status[e->env_status] : "?");
	}
	return 0;
}

int
mon_kill(int argc, char **argv, struct Trapframe *tf UNUSED)
{
	const envid_t id = argc > 1 ? strtol(argv[1], NULL, 16) : 0;
	struct Env *e;

	if (id == 0 || envs == NULL || envid2env(id, &e, false) < 0)
		cprintf("usage: kill ENVID (of those that envs displays)\n");
	else
		env_destroy(e);
	return 0;
}

int
mon_free(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	cprintf("%u of %u pages are free\n", page_free_count(), npages);
	return 0;
}

int
mon_check(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	audit(true);
	return 0;
}

int
mon_lock(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	spin_print(&kernel_lock);
	return 0;
}

int
mon_continue(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	return -1;
}

int
mon_poweroff(int argc, char **argv, struct Trapframe *tf UNUSED)
{
	poweroff(argc > 1 ? strtol(argv[1], NULL, 0) : 0);
}

// ------------------------------------------------------------ command line

#define MAXARGS		16		// with the NULL that ends argv

static bool
is_blank(char c)
{
	return c != '\0' && strchr("\t\r\n ", c) != NULL;
}

// Cut line into words: argv[0], argv[1], ..., NULL.  Returns the number of
// words, or -1 if there are too many.
static int
split_words(char *line, char *argv[MAXARGS])
{
	int argc = 0;

	for (;;) {
		while (is_blank(*line))
			*line++ = '\0';
		if (*line == '\0')
			break;
		if (argc == MAXARGS - 1)
			return -1;
		argv[argc++] = line;
		while (*line != '\0' && !is_blank(*line))
			line++;
	}
	argv[argc] = NULL;
	return argc;
}

// Carry out a command line.  A negative result leaves the monitor.
static int
run_line(char *line, struct Trapframe *tf)
{
	char *argv[MAXARGS];
	const int argc = split_words(line, argv);

	if (argc < 0)
		cprintf("Too many arguments (max %d)\n", MAXARGS);
	if (argc <= 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(argv[0], commands[i].name) == 0)
			return commands[i].func(argc, argv, tf);
	if (ext_command(argv[0]))
		return ext_run_command(argc, argv, tf);
	cprintf("Unknown command '%s'\n", argv[0]);
	return 0;
}

void
monitor(struct Trapframe *tf)
{
	char *line;

	monitor_eflags = read_eflags();
	cprintf("Welcome to the JOS kernel monitor!\n");
	cprintf("Type 'help' for a list of commands.\n");
	user_memory_open();		// for backtrace
	if (tf)
		print_trapframe(tf);
	do
		line = readline("K> ");
	while (line == NULL || run_line(line, tf) >= 0);
}
