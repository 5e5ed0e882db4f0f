// kern/firstenv.c - the first environments, chosen by name.
//
// Every program is linked into the kernel as a file (obj/kern/programs.S).
// Which of them runs is told by QEMU (fw_cfg opt/jos/run, what `make run-X`
// uses), else by make (INIT_CFLAGS=-DTEST=user_X), else by the lab.  QEMU may
// also tell its arguments.
//
// The file server is started again when it ends, at the next tick of the clock:
// where it ended, there may be no memory for another one yet.
//
// This file alone is compiled with -DLAB and -DTEST.
//
// Entry point: first_envs.

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
#include <kern/sched.h>
#include <kern/syscall.h>

#define STRING_OF(x)	STRING_OF_TEXT(x)
#define STRING_OF_TEXT(x) #x

const int built_lab = LAB;
const char built_program[] = STRING_OF(TEST);

#define MAXPROGNAME	64

#define MAXARGS		8
#define MAXARGSIZE	64

static const struct Program *
find_program(const char *name)
{
	const struct Program *p = programs;

	while (p->name && strcmp(p->name, name) != 0)
		p++;
	return p;			// with a null name if there is none
}

// Create an environment that runs the program of that name.
// Returns whether there is one.
static bool
create_named(const char *name, enum EnvType type)
{
	const struct Program *p = find_program(name);

	if (p->name) {
		user_memory_open();	// that is where it is copied to
		env_create(p->start, type);
	} else
		cprintf("There is no program %s in this kernel.\n", name);
	return p->name != NULL;
}

// What lib/entry.S finds on the stack of a program that has arguments.
struct StartStack {
	int argc;
	uint32_t argv;			// addresses in the program
	uint32_t arg[MAXARGS + 2];	// its name, the arguments, NULL
	char text[MAXPROGNAME + MAXARGSIZE];
};

// Put the words that QEMU has for the program just created, which is the only
// one of its type, on its stack, if there are any.
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

// The name of the program to run.  A bare name, "hello", means a program
// from user/.
static void
program_name(char *name, size_t size)
{
	char told[MAXPROGNAME];

	if (fwcfg_string("opt/jos/run", told, sizeof(told)) > 0)
		snprintf(name, size, strchr(told, '_') ? "%s" : "user_%s",
			told);
	else if (strcmp(built_program, "none") != 0)
		strlcpy(name, built_program, size);
	else
		strlcpy(name, lab->program, size);
}

// ------------------------------------------------------- the file server

#define FS_PROGRAM	"fs_fs"
#define FS_TRIES	3	// for one that was seen to work
#define PAGES_TO_SPARE	64	// for stack, directory, tables, what it takes

static int fs_tries;

// How many pages does env_create take for this program, at most?
static size_t
pages_needed(const struct Program *p)
{
	const struct Elf *elf = (const struct Elf *) p->start;
	const struct Proghdr *ph = (const void *) (p->start + elf->e_phoff);
	size_t n = PAGES_TO_SPARE;

	for (int i = 0; i < elf->e_phnum; i++)
		if (ph[i].p_type == ELF_PROG_LOAD)
			n += ph[i].p_memsz / PGSIZE + 2;
	return n;
}

static bool
memory_is_short(void)
{
	return page_free_count() < pages_needed(find_program(FS_PROGRAM));
}

static bool
is_slot_free(void)
{
	for (const struct Env *e = envs; e < envs + NENV; e++)
		if (e->env_status == ENV_FREE)
			return true;
	return false;
}

static void
start_fs(void)
{
	if (create_named(FS_PROGRAM, ENV_TYPE_FS))
		give_arguments(FS_PROGRAM, ENV_TYPE_FS, "opt/jos/fsargs");
}

// At each tick, until there is room for it.
static void
start_fs_again(void)
{
	if (!is_slot_free() || memory_is_short())
		return;
	sched_chore = NULL;
	start_fs();
}

// One that never served has no disk, or none that it can use, unless others
// took the memory that it began with.  Where another one did serve, this may
// have been an accident.
static void
fs_ended(const struct Env *e)
{
	const bool served = e->env_ipc_dstva || e->env_ipc_from != 0;

	if (served || memory_is_short())
		fs_tries = FS_TRIES;
	if (fs_tries == 0) {
		cprintf("The file server ended before it served: "
			"there are no files\n");
		return;
	}
	fs_tries--;
	cprintf("The file server ended; starting it again\n");
	sched_chore = start_fs_again;
}

// Set PTE_REPLACEMENTS (inc/syscall.h), unless this is lab 4.
static void
advertise_replacements(void)
{
	if (lab->replacements)
		*pgdir_walk(kern_pgdir, (void *) UENVS, 0) |= PTE_REPLACEMENTS;
}

void
first_envs(void)
{
	char name[MAXPROGNAME + 8];

	advertise_replacements();
	if (lab->fs) {
		env_server_ended = fs_ended;
		start_fs();
		kbd_intr();		// take in what was typed so far
	}
	program_name(name, sizeof(name));
	if (create_named(name, ENV_TYPE_USER))
		give_arguments(name, ENV_TYPE_USER, "opt/jos/args");
}
