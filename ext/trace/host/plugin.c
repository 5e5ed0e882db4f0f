// ext/trace/host/plugin.c - a plugin for QEMU that records what programs and
// kernel do, with the kernel's own data: which environment, its registers.
//
//	-plugin FILE,out=FILE,NAME=NUMBER,...
//
// The kernel is not changed and takes no more instructions.  The plugin counts
// all instructions, which is the time of each event, and has callbacks at some
// of the kernel's functions.  It reads the machine's memory: where the host has
// the kernel's code, it has all other memory at the same distance.
//
// Each line of the output is one event: TIME CPU KIND ENVID, and
//
//	T	trap from user mode: the frame at the top of the kernel stack
//	R	a program runs again: its frame, ipc_from, ipc_value, and the words
//		from its stack pointer on, if that is in the exception stack
//	I, W	the CPU becomes idle; an interrupt ends that
//	L, U	it begins to wait for the kernel lock; it has the lock
//	D, E	the file server enters ide_read or ide_write; it leaves it
//
// The declarations of QEMU's interface are here for the reason that
// tools/profile.c has.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id,
	void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *,
	void (*)(unsigned cpu, void *arg), int flags, void *arg);
void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *),
	void *arg);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
	size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *);

// As in tools/profile.c
__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static void __attribute__((constructor))
choose_version(void)
{
	const char *version = getenv("JOS_PLUGIN_VERSION");

	if (version)
		qemu_plugin_version = atoi(version);
}

#define NCPU		8
#define KERNBASE	0xF0000000u
#define LOADED		0xF0100000u	// the kernel's first byte
#define LOADED_END	0xF1000000u	// the BIOS also runs at high addresses
#define ULIM		0xEF800000u
#define UXSTACKTOP	0xEEC00000u
#define PGSIZE		4096u
#define TRAPFRAME	17		// words of a struct Trapframe
#define TF_ESP		15		// its word tf_esp
#define UTRAPFRAME	13		// words of a struct UTrapframe
#define ENV_TYPE_FS	1
#define RET		0xC3

// What the command line says: addresses of the kernel and of the file server,
// offsets of ext/trace/host/layout.c
static struct Setting {
	const char *name;
	uint32_t value;
} settings[] = {
	{ "trap", 0 }, { "sched_halt", 0 },
	{ "wait_for_lock", 0 }, { "wait_for_lock_end", 0 },
	{ "ide_read", 0 }, { "ide_read_end", 0 },
	{ "ide_write", 0 }, { "ide_write_end", 0 },
	{ "cpus", 0 }, { "percpu_kstacks", 0 },
	{ "cpu_size", 0 }, { "kstksize", 0 }, { "cpu_env", 0 },
	{ "env_tf", 0 }, { "env_id", 0 }, { "env_type", 0 },
	{ "env_pgdir", 0 }, { "env_ipc_from", 0 }, { "env_ipc_value", 0 },
};
#define NSETTINGS	(sizeof(settings) / sizeof(settings[0]))

static uint32_t
setting(const char *name)
{
	for (size_t i = 0; i < NSETTINGS; i++)
		if (strcmp(settings[i].name, name) == 0)
			return settings[i].value;
	abort();
}

static FILE *out;
static uint64_t now;			// instructions so far
static const uint8_t *memory;		// the machine's, at its address 0
static bool in_user[NCPU], idle[NCPU];

// ------------------------------------------------------- the machine's memory

static uint32_t
word_at(uint32_t pa)
{
	uint32_t word;

	memcpy(&word, memory + pa, sizeof(word));
	return word;
}

static uint32_t
kernel_word(uint32_t va)
{
	return word_at(va - KERNBASE);
}

// The environment that this CPU runs, or 0
static uint32_t
env_of(unsigned cpu)
{
	return kernel_word(setting("cpus") + cpu * setting("cpu_size")
		+ setting("cpu_env"));
}

static uint32_t
env_field(uint32_t env, const char *name)
{
	return env ? kernel_word(env + setting(name)) : 0;
}

// Print n words of the environment's memory, as its page tables have it.
static void
print_user_words(uint32_t env, uint32_t va, int n)
{
	const uint32_t pgdir = env_field(env, "env_pgdir");

	for (int i = 0; i < n; i++, va += 4) {
		uint32_t entry = kernel_word(pgdir + va / (1024 * PGSIZE) * 4);

		if (entry & 1)
			entry = word_at((entry & -PGSIZE)
				+ va / PGSIZE % 1024 * 4);
		if (!(entry & 1))
			return;
		fprintf(out, " %x", word_at((entry & -PGSIZE) | va % PGSIZE));
	}
}

static void
print_kernel_words(uint32_t va, int n)
{
	for (int i = 0; i < n; i++)
		fprintf(out, " %x", kernel_word(va + 4 * i));
}

// -------------------------------------------------------------------- events

static void
begin_event(unsigned cpu, char kind)
{
	fprintf(out, "%llu %u %c %x", (unsigned long long) now, cpu, kind,
		env_field(env_of(cpu), "env_id"));
}

// The first instruction of trap(): the frame of a trap from user mode is at the
// top of the kernel stack.
static void
at_trap(unsigned cpu, void *arg)
{
	(void) arg;
	if (in_user[cpu]) {
		begin_event(cpu, 'T');
		print_kernel_words(setting("percpu_kstacks")
			+ (cpu + 1) * setting("kstksize") - 4 * TRAPFRAME,
			TRAPFRAME);
		fputc('\n', out);
	} else if (idle[cpu]) {
		begin_event(cpu, 'W');
		fputc('\n', out);
	}
	in_user[cpu] = idle[cpu] = false;
}

// A program runs, after the kernel did.
static void
at_return(unsigned cpu)
{
	const uint32_t env = env_of(cpu);

	if (!env)
		return;

	const uint32_t tf = env + setting("env_tf");
	const uint32_t esp = kernel_word(tf + 4 * TF_ESP);

	in_user[cpu] = true;
	begin_event(cpu, 'R');
	print_kernel_words(tf, TRAPFRAME);
	fprintf(out, " %x %x", env_field(env, "env_ipc_from"),
		env_field(env, "env_ipc_value"));
	if (esp < UXSTACKTOP && esp >= UXSTACKTOP - PGSIZE)
		print_user_words(env, esp, UTRAPFRAME);
	fputc('\n', out);
}

static void
at_halt(unsigned cpu, void *arg)
{
	(void) arg;
	idle[cpu] = true;
	begin_event(cpu, 'I');
	fputc('\n', out);
}

// Events without more to say; arg is the kind.
static void
at_function(unsigned cpu, void *arg)
{
	begin_event(cpu, (char) (uintptr_t) arg);
	fputc('\n', out);
}

// All programs use the same addresses: is this one the file server?
static void
at_server(unsigned cpu, void *arg)
{
	if (env_field(env_of(cpu), "env_type") == ENV_TYPE_FS)
		at_function(cpu, arg);
}

static void
kernel_executes(unsigned cpu, void *arg)
{
	(void) cpu, (void) arg;
	now++;
}

static void
program_executes(unsigned cpu, void *arg)
{
	(void) arg;
	now++;
	if (!in_user[cpu] && memory)
		at_return(cpu);
}

// ------------------------------------------------------------------- plugin

static void
call(struct qemu_plugin_insn *insn, void (*f)(unsigned, void *), char kind)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, f, 0,
		(void *) (uintptr_t) kind);
}

// Have f called where function `name' begins and where it returns.
static void
watch(struct qemu_plugin_insn *insn, uint32_t va, uint8_t code,
	const char *name, void (*f)(unsigned, void *), char enters, char leaves)
{
	char end[32];

	snprintf(end, sizeof(end), "%s_end", name);
	if (va == setting(name))
		call(insn, f, enters);
	else if (va > setting(name) && va < setting(end)
		 && qemu_plugin_insn_size(insn) == 1 && code == RET)
		call(insn, f, leaves);
}

// QEMU is about to translate a block of instructions.
static void
translate(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void) id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const uint32_t va = qemu_plugin_insn_vaddr(insn);
		const uint8_t *host = qemu_plugin_insn_haddr(insn);
		// Programs run in the kernel's address space, not before it.
		const bool program = va >= 0x800000 && va < ULIM;

		call(insn, program ? program_executes : kernel_executes, 0);
		if (!host)
			continue;
		if (program) {
			watch(insn, va, *host, "ide_read", at_server, 'D', 'E');
			watch(insn, va, *host, "ide_write", at_server, 'D',
				'E');
			continue;
		}
		if (va < LOADED || va >= LOADED_END)
			continue;
		if (!memory)
			memory = host - (va - KERNBASE);
		if (va == setting("trap"))
			call(insn, at_trap, 0);
		if (va == setting("sched_halt"))
			call(insn, at_halt, 0);
		watch(insn, va, *host, "wait_for_lock", at_function, 'L', 'U');
	}
}

static void
finish(plugin_id id, void *arg)
{
	(void) id, (void) arg;
	if (fclose(out) != 0)
		perror("trace");
}

__attribute__((visibility("default"))) int
qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void) info;
	for (int i = 0; i < argc; i++) {
		const char *value = strchr(argv[i], '=');

		if (!value)
			return -1;
		if (strncmp(argv[i], "out=", 4) == 0)
			out = fopen(value + 1, "w");
		for (size_t j = 0; j < NSETTINGS; j++)
			if (strncmp(argv[i], settings[j].name,
				value - argv[i]) == 0
			    && settings[j].name[value - argv[i]] == '\0')
				settings[j].value = strtoul(value + 1, NULL, 0);
	}
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
