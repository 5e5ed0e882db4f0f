// kern/firstenv.c - the first environments, chosen by name.
//
// Every program is linked into the kernel as a file (obj/kern/programs.S).
// The first one to run is named by QEMU (fw_cfg opt/jos/run, which `make run-X`
// uses), else by make (INIT_CFLAGS=-DTEST=user_X), else by the lab.  QEMU may
// also pass its arguments, and name several programs.
//
// A file server that has ended is started again at a tick of the clock.
//
// This file alone is compiled with -DLAB and -DTEST.
//
// Entry points: first_envs, firstenv_tick.

#include <inc/assert.h>
#include <inc/elf.h>
#include <inc/env.h>
#include <inc/stdio.h>
#include <inc/string.h>

#include <kern/console.h>
#include <kern/cpu.h>
#include <kern/dev/fwcfg.h>
#include <kern/env.h>
#include <kern/firstenv.h>
#include <kern/lab.h>
#include <kern/pmap.h>
#include <kern/syscall.h>

#define STRING_OF(x)	STRING_OF_TEXT(x)
#define STRING_OF_TEXT(x) #x

const int built_lab = LAB;
const char built_program[] = STRING_OF(TEST);

#define MAXPROGNAME	64
#define MAXPROGNAMES	256		// of several, with commas

#define MAXARGS		8
#define MAXARGSIZE	64

static const struct Program *
find_program(const char *name)
{
	const struct Program *p = programs;

	while (p->name && strcmp(p->name, name) != 0)
		p++;
	return p;			// its name is NULL if there is none
}

// The arguments of a program on its stack, as lib/entry.S finds them
struct StartStack {
	int argc;
	uint32_t argv;			// addresses in the program
	uint32_t arg[MAXARGS + 2];	// its name, the arguments, NULL
	char text[MAXPROGNAME + MAXARGSIZE];
};

// Put the arguments that QEMU has under item, if there are any, on the stack of
// the program just created, which is the first of its type.
static void
give_arguments(const char *name, enum EnvType type, const char *item)
{
	const uintptr_t top = USTACKTOP - sizeof(struct StartStack);
	struct Env *e = envs;
	char text[MAXARGSIZE];

	if (fwcfg_string(item, text, sizeof(text)) <= 0)
		return;
	while (e->env_status == ENV_FREE || e->env_type != type)
		e++;
	struct PageInfo *page = page_lookup(e->env_pgdir,
		(void *) (USTACKTOP - PGSIZE), NULL);
	struct StartStack *s = page2kva(page) + PGSIZE - sizeof(*s);

	snprintf(s->text, sizeof(s->text), "%s %s", name, text);
	s->argv = top + offsetof(struct StartStack, arg);
	for (char *c = s->text; *c && s->argc <= MAXARGS; c++)
		if (*c == ' ')
			*c = '\0';
		else if (c == s->text || c[-1] == '\0')
			s->arg[s->argc++] = top + (c - (char *) s);
	e->env_tf.tf_esp = top;
}

// Create an environment that runs the program of that name, with the arguments
// that QEMU has for it under item, unless that is NULL.
static void
create_named(const char *name, enum EnvType type, const char *item)
{
	const struct Program *p = find_program(name);

	if (!p->name) {
		cprintf("There is no program %s in this kernel.\n", name);
		return;
	}
	user_memory_open();		// to copy the program there
	env_create(p->start, type);
	if (item)
		give_arguments(name, type, item);
}

// Create the programs to run.  A bare name, "hello", means a program from user/.
// The first one gets the arguments.
static void
create_programs(void)
{
	const char *item = "opt/jos/args";
	char names[MAXPROGNAMES], name[MAXPROGNAME];

	if (fwcfg_string("opt/jos/run", names, sizeof(names)) <= 0)
		strlcpy(names, strcmp(built_program, "none") != 0
			? built_program : lab->program, sizeof(names));
	for (char *next = names, *end; *next; next = end, item = NULL) {
		end = strfind(next, ',');
		if (*end)
			*end++ = '\0';
		snprintf(name, sizeof(name), strchr(next, '_') ? "%s"
			: "user_%s", next);
		create_named(name, ENV_TYPE_USER, item);
	}
}

// ------------------------------------------------------- the file server

#define FS_PROGRAM	"fs_fs"
#define FS_ARGUMENTS	"opt/jos/fsargs"
#define FS_TRIES	3	// how often to start another, after one served
#define PAGES_TO_SPARE	64	// for stack, directory, tables, what it takes

// Can env_create need more pages for the file server than are free?
static bool
memory_is_short(void)
{
	const uint8_t *file = find_program(FS_PROGRAM)->start;
	const struct Elf *elf = (const void *) file;
	const struct Proghdr *ph = (const void *) (file + elf->e_phoff);
	size_t needed = PAGES_TO_SPARE;

	for (int i = 0; i < elf->e_phnum; i++)
		if (ph[i].p_type == ELF_PROG_LOAD)
			needed += ph[i].p_memsz / PGSIZE + 2;
	return page_free_count() < needed;
}

// When the server ends, its slot and memory may not be free yet: wait for both.
// A server that fails before it has served a request, though memory is not
// short, has no usable disk: give up, but only after FS_TRIES if an earlier one
// served.
void
firstenv_tick(void)
{
	static bool starting;
	static int tries;

	if (server_end == SERVER_RUNS)
		return;
	if (!starting) {
		if (server_end == SERVER_SERVED || memory_is_short())
			tries = FS_TRIES;
		if (tries == 0) {
			cprintf("The file server ended before it served: "
				"there are no files\n");
			server_end = SERVER_RUNS;
			return;
		}
		tries--;
		cprintf("The file server ended; starting it again\n");
		starting = true;
	}
	if (!env_free_list || memory_is_short())
		return;
	starting = false;
	server_end = SERVER_RUNS;
	create_named(FS_PROGRAM, ENV_TYPE_FS, FS_ARGUMENTS);
}

void
first_envs(void)
{
	if (lab->replacements)		// tell the library
		*pgdir_walk(kern_pgdir, (void *) UENVS, 0) |= PTE_REPLACEMENTS;
	if (lab->fs) {
		create_named(FS_PROGRAM, ENV_TYPE_FS, FS_ARGUMENTS);
		kbd_intr();		// take in what was typed so far
	}
	create_programs();
}
