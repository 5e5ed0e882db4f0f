// user/testptelibrary.c - pages marked PTE_SHARE stay shared over fork and
// spawn, wherever they are mapped: here by three different page tables.
//
// See user/testpteshare.c for a single page.

#include <inc/lib.h>

static char *const places[] = {
	(char *) 0x00600000,
	(char *) 0x0FFFF000,		// last page of its table
	(char *) 0xD8000000,
};

static void
write_all(const char *text)
{
	for (unsigned i = 0; i < ARRAY_SIZE(places); i++)
		snprintf(places[i], PGSIZE, "%s %d", text, i);
}

// Does each page hold what write_all wrote?
static bool
all_hold(const char *text)
{
	char expected[64];

	for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(expected, sizeof(expected), "%s %d", text, i);
		if (strcmp(places[i], expected) != 0)
			return false;
	}
	return true;
}

void
umain(int argc, char **argv)
{
	envid_t child;
	int r;

	if (argc == 2 && strcmp(argv[1], "spawned") == 0) {
		write_all("spawn");
		return;
	}

	for (unsigned i = 0; i < ARRAY_SIZE(places); i++)
		if ((r = sys_page_alloc(0, places[i],
			PTE_P | PTE_U | PTE_W | PTE_SHARE)) < 0)
			panic("sys_page_alloc: %e", r);

	if ((child = fork()) < 0)
		panic("fork: %e", child);
	if (child == 0) {
		write_all("fork");
		return;
	}
	wait(child);
	cprintf("fork handles PTE_SHARE %s\n",
		all_hold("fork") ? "right" : "wrong");

	child = spawnl("/testptelibrary", "testptelibrary", "spawned", NULL);
	if (child < 0)
		panic("spawn: %e", child);
	wait(child);
	cprintf("spawn handles PTE_SHARE %s\n",
		all_hold("spawn") ? "right" : "wrong");
}
