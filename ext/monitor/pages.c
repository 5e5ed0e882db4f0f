// ext/monitor/pages.c - monitor commands that show and change page mappings.
//
// Both are about the address space that this CPU uses: that of the program that
// stopped, or the kernel's own.
//
// Entry points: mon_showmappings, mon_setperm.

#include <inc/memlayout.h>
#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <ext/monitor/commands.h>
#include <kern/cpu.h>
#include <kern/pmap.h>

#define UNUSED __attribute__((unused))

// Flags that the processor sets as pages are used: no permissions
#define USE_FLAGS	(PTE_A | PTE_D)

// -------------------------------------------------------------- showmappings

// Can one line tell of both, of which b comes `distance' bytes after a?
static bool
are_alike(const struct Place *a, const struct Place *b, uint32_t distance)
{
	if (!a->mapped || !b->mapped)
		return a->mapped == b->mapped;
	return a->size == b->size && b->pa == a->pa + distance
		&& ((a->perm ^ b->perm) & ~USE_FLAGS) == 0;
}

static void
print_mapping(uint32_t first, uint32_t last, const struct Place *p)
{
	cprintf("%08x-%08x  ", first, last);
	if (!p->mapped) {
		cprintf("not mapped\n");
		return;
	}
	cprintf("%08x-%08x  %s %s", p->pa, p->pa + (last - first),
		p->perm & PTE_U ? "user" : "kernel",
		p->perm & PTE_W ? "write" : "read");
	if (p->size == PTSIZE)
		cprintf(" large");
	if (p->perm & PTE_PCD)
		cprintf(" uncached");
	if (p->perm & PTE_G)
		cprintf(" global");
	if (p->perm & PTE_AVAIL)
		cprintf(" avail %x", p->perm & PTE_AVAIL);
	cprintf("\n");
}

// Pages that follow each other, in both kinds of addresses, and are alike, are
// one line.
int
mon_showmappings(int argc, char **argv, struct Trapframe *tf UNUSED)
{
	struct Range r;

	if (!read_range(argc, argv, 1, &r))
		return 0;
	r.first = ROUNDDOWN(r.first, PGSIZE);
	r.last |= PGSIZE - 1;

	uint32_t first = r.first, va = r.first;
	struct Place run = place_of(first);

	for (;;) {
		// The last byte of what maps va
		const uint32_t end = va | (place_of(va).size - 1);

		if (end >= r.last)
			break;
		va = end + 1;

		const struct Place p = place_of(va);

		if (!are_alike(&run, &p, va - first)) {
			print_mapping(first, end, &run);
			first = va;
			run = p;
		}
	}
	print_mapping(first, r.last, &run);
	return 0;
}

// ------------------------------------------------------------------- setperm

// Read "+w-u": which flags to set, which to clear.  Returns false, having said
// so, if the text is something else.
static bool
read_change(const char *text, uint32_t *set, uint32_t *clear)
{
	uint32_t *which = NULL;

	for (const char *s = text; *s; s++) {
		uint32_t flag;

		switch (*s) {
		case '+':
			which = set;
			continue;
		case '-':
			which = clear;
			continue;
		case 'p':
			flag = PTE_P;
			break;
		case 'w':
			flag = PTE_W;
			break;
		case 'u':
			flag = PTE_U;
			break;
		default:
			which = NULL;
			flag = 0;
		}
		if (which == NULL) {
			cprintf("%s: + or -, then p (present), u (user) or "
				"w (write)\n", text);
			return false;
		}
		*which |= flag;
	}
	return true;
}

// No CPU may use the old entry for va: not this one, which may have been asked
// to change a page of any size, nor another, which keeps the kernel's mappings
// through every change of programs.
static void
flush_everywhere(void)
{
	lcr3(rcr3());
	for (int i = 0; i < ncpu; i++)
		if (i != cpunum() && cpus[i].cpu_env)
			ipi_flush_wait(i);
	tlb_flush_later();
}

// Page tables of the kernel are those of every program: a change there is one
// for all.
int
mon_setperm(int argc, char **argv, struct Trapframe *tf UNUSED)
{
	uint32_t va, set = 0, clear = 0;

	if (argc > 1 && !read_address(argv[1], &va))
		return 0;
	for (int i = 2; i < argc; i++)
		if (!read_change(argv[i], &set, &clear))
			return 0;
	if ((set | clear) == 0) {
		cprintf("usage: setperm ADDRESS [+-][puw]...\n");
		return 0;
	}

	struct Place p = place_of(va);

	if (!p.entry || *p.entry == 0) {
		cprintf("%08x is not mapped\n", va);
		return 0;
	}

	const uint32_t first = ROUNDDOWN(va, p.size);
	const uint32_t last = first + (p.size - 1);

	*p.entry = (*p.entry & ~clear) | set;
	// A page is what both levels allow.
	*p.directory_entry |= set & ~PTE_P;
	flush_everywhere();

	p = place_of(first);
	print_mapping(first, last, &p);
	return 0;
}
