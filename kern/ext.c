// kern/ext.c - calls the extensions that EXT= names; mostly there are none.
//
// Entry points: in kern/ext.h.

#include <inc/assert.h>
#include <inc/error.h>
#include <inc/stdio.h>
#include <inc/string.h>

#include <kern/dev/fwcfg.h>
#include <kern/ext.h>

// By kern/kernel.ld
extern const struct Extension extensions_start[], extensions_end[];

static uint32_t on;			// a bit for each: is it switched on?

// The extension of that name, of that length; or NULL
static const struct Extension *
find(const char *name, int length)
{
	for (const struct Extension *e = extensions_start; e < extensions_end; e++)
		if (strlen(e->name) == length && !memcmp(e->name, name, length))
			return e;
	return NULL;
}

static bool
is_on(const struct Extension *e)
{
	return on >> (e - extensions_start) & 1;
}

#define for_each_on(e)							\
	for (const struct Extension *e = extensions_start;		\
	     e < extensions_end; e++)					\
		if (is_on(e))

bool
ext_on(const char *name)
{
	const struct Extension *e = find(name, strlen(name));

	return e && is_on(e);
}

void
ext_boot(void)
{
	char asked[128];		// EXT=
	const char *end;

	if (fwcfg_string("opt/jos/ext", asked, sizeof(asked)) < 0)
		return;
	assert(extensions_end - extensions_start <= 32);
	for (const char *s = asked; *s; s = end + (*end == ',')) {
		end = strfind(s, ',');
		const struct Extension *e = find(s, end - s);
		if (e)
			on |= 1u << (e - extensions_start);
		else if (strcmp(asked, "none") != 0)
			cprintf("There is no extension %.*s in this kernel.\n",
				end - s, s);
	}
	for_each_on(e)
		if (e->boot)
			e->boot();
}

void
ext_ready(void)
{
	for_each_on(e)
		if (e->ready)
			e->ready();
}

void
ext_paging(void)
{
	for_each_on(e)
		if (e->paging)
			e->paging();
}

void
ext_cpu(void)
{
	for_each_on(e)
		if (e->cpu)
			e->cpu();
}

int32_t
ext_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4,
	uint32_t a5)
{
	int32_t result;

	for_each_on(e)
		if (e->syscall
		    && e->syscall(number, a1, a2, a3, a4, a5, &result))
			return result;
	return -E_INVAL;
}

bool
ext_trap(struct Trapframe *tf)
{
	for_each_on(e)
		if (e->trap && e->trap(tf))
			return true;
	return false;
}

#define for_each_command(e, c)						\
	for_each_on(e)							\
		for (const struct ExtCommand *c = e->commands;		\
		     c && c->name; c++)

void
ext_help(void)
{
	for_each_command(e, c)
		cprintf("%s - %s\n", c->name, c->desc);
}

const struct ExtCommand *
ext_command(const char *name)
{
	for_each_command(e, c)
		if (strcmp(name, c->name) == 0)
			return c;
	return NULL;
}

int
ext_run_command(int argc, char **argv, struct Trapframe *tf)
{
	return ext_command(argv[0])->func(argc, argv, tf);
}

// What `jmp new' is, at the beginning of old
#define JMP_REL32	0xe9
#define JMP_SIZE	5

void
ext_replace(void *old, void *new)
{
	uint8_t *code = old;
	const int32_t distance = (uintptr_t) new - (uintptr_t) (code + JMP_SIZE);

	if (code[0] == JMP_REL32)
		panic("two extensions replace the function at %08x", old);
	code[0] = JMP_REL32;
	memcpy(code + 1, &distance, sizeof(distance));
}
