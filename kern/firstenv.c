// kern/firstenv.c - the first environments, chosen by name.
//
// Every program is linked into the kernel as a file (obj/kern/programs.S).
// Which of them runs is told by QEMU (fw_cfg opt/jos/run, what `make run-X`
// uses), else by make (INIT_CFLAGS=-DTEST=user_X), else by the lab.
//
// This file alone is compiled with -DLAB and -DTEST.
//
// Entry point: first_envs.

#include <inc/env.h>
#include <inc/stdio.h>
#include <inc/string.h>

#include <kern/console.h>
#include <kern/env.h>
#include <kern/firstenv.h>
#include <kern/fwcfg.h>
#include <kern/lab.h>

#define STRING_OF(x)	STRING_OF_TEXT(x)
#define STRING_OF_TEXT(x) #x

const int built_lab = LAB;
const char built_program[] = STRING_OF(TEST);

#define MAXPROGNAME	64

// Create an environment that runs the program of that name.
static void
create_named(const char *name, enum EnvType type)
{
	const struct Program *p = programs;

	while (p->name && strcmp(p->name, name) != 0)
		p++;
	if (p->name)
		env_create(p->start, type);
	else
		cprintf("There is no program %s in this kernel.\n", name);
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

void
first_envs(void)
{
	char name[MAXPROGNAME + 8];

	if (lab->fs) {
		create_named("fs_fs", ENV_TYPE_FS);
		kbd_intr();		// take in what was typed so far
	}
	program_name(name, sizeof(name));
	create_named(name, ENV_TYPE_USER);
}
