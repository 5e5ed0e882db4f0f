// user/testpteshare.c - a page marked PTE_SHARE stays shared over fork and
// spawn: what the child writes, the parent reads.

#include <inc/lib.h>
#include <inc/x86.h>

#define SHARED	((char *) 0xA0000000)

static const char by_fork[] = "hello, world\n";
static const char by_spawn[] = "goodbye, world\n";

// Wait for the child to end, then check that its text arrived.
static void
judge(const char *what, envid_t child, const char *text)
{
	if (child < 0)
		panic("%s: %e", what, child);
	wait(child);
	cprintf("%s handles PTE_SHARE %s\n", what,
		strcmp(SHARED, text) == 0 ? "right" : "wrong");
}

void
umain(int argc, char **argv)
{
	envid_t child;
	int r;

	// The spawned child runs this program, too
	if (argc == 2 && strcmp(argv[1], "write") == 0) {
		strcpy(SHARED, by_spawn);
		return;
	}

	if ((r = sys_page_alloc(0, SHARED,
		PTE_P | PTE_U | PTE_W | PTE_SHARE)) < 0)
		panic("sys_page_alloc: %e", r);

	if ((child = fork()) == 0) {
		strcpy(SHARED, by_fork);
		return;
	}
	judge("fork", child, by_fork);
	judge("spawn", spawnl("/testpteshare", "testpteshare", "write", NULL),
		by_spawn);

	breakpoint();
}
