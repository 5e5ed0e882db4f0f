// tests/user/testdma.c - the file server is ended while the disk writes to its
// memory by itself: what were its pages are others' then, and stay as those
// have them.
//
// Needs a slow disk, and DEBUG=1: the tester ends the server when we stop
// (tests/programs.pm).

#include <inc/x86.h>

#include <tests/user/test.h>

#define AREA		0x20000000	// where we have the memory
#define TO_SPARE	256		// pages that others may use meanwhile
#define TO_TAKE		128		// when the server is gone: what it had
#define LONG_ENOUGH	6000000000ull	// clock ticks: some seconds
#define A_WHILE		50000000	// ... some hundredths: after a tenth
					// of one the server looks at the disk

static const char *const names[] = { "/sysfuzz", "/testhostile", "/soak",
	"/testsys" };

// Read what nobody has read yet, as long as there is a server.
static void
reader(void)
{
	static char buf[PGSIZE];

	ipc_recv(NULL, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int fd = open(names[i], O_RDONLY);

		while (fd >= 0 && read(fd, buf, sizeof(buf)) > 0)
			;
	}
	exit();
}

// Take so many pages, or until there are no more.  Returns where they end.
static char *
take_pages(char *va, int n)
{
	while (n-- > 0 && sys_page_alloc(0, va, PTE_P | PTE_U | PTE_W) == 0)
		va += PGSIZE;
	return va;
}

static void
free_pages(char *from, char *end)
{
	for (; from < end; from += PGSIZE)
		sys_page_unmap(0, from);
}

// Has the server not run since we asked last, though it has a request?
static bool
waits_for_disk(envid_t server)
{
	static uint32_t runs;
	const volatile struct Env *e = &envs[ENVX(server)];
	const bool ran = e->env_runs != runs;

	runs = e->env_runs;
	return !ran && e->env_status == ENV_RUNNABLE;
}

static void
check_zero(const char *from, const char *end)
{
	for (; from < end; from += sizeof(uint32_t))
		if (*(const volatile uint32_t *) from != 0)
			panic("a page of ours was written to, at %p: %08x",
				from, *(const uint32_t *) from);
}

void
umain(int argc, char **argv)
{
	const envid_t server = ipc_find_env(ENV_TYPE_FS);
	const envid_t child = fork_or_panic();
	int fd;

	USED(argc), USED(argv);
	if (child == 0)
		reader();
	close(open("/motd", O_RDONLY));	// when it serves

	char *end = take_pages((char *) AREA, 0x7FFFFFFF);
	char *old = end - TO_SPARE * PGSIZE;

	free_pages(old, end);
	ipc_send(child, 0, NULL, 0);

	// One that has to wait because the one before it took so much
	uint64_t since = read_tsc();
	while (read_tsc() - since < A_WHILE) {
		if (!waits_for_disk(server))
			since = read_tsc();
		sys_yield();
	}
	cprintf("testdma: the server waits for the disk\n");
	breakpoint();

	end = take_pages(old, TO_TAKE);
	const uint64_t start = read_tsc();
	while (read_tsc() - start < LONG_ENOUGH)
		check_zero(old, end);

	free_pages((char *) AREA, end);
	wait(child);
	while ((fd = open("/motd", O_RDONLY)) < 0)
		sys_yield();
	cprintf("testdma ok\n");
}
