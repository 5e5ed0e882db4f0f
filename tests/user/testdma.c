// tests/user/testdma.c - the file server is destroyed while the disk writes to
// its memory by DMA: other programs then get these pages, and the disk must not
// write to them any more.
//
// Needs a slow disk, and DEBUG=1: at the breakpoint the tester destroys the
// server (tests/programs.pm).

#include <inc/x86.h>

#include <tests/user/test.h>

#define AREA		0x20000000	// where all memory is mapped
#define TO_SPARE	256		// pages left to other programs
#define TO_TAKE		128		// pages of the destroyed server
#define LONG_ENOUGH	6000000000ull	// cycles: some seconds
#define A_WHILE		50000000	// cycles: some hundredths of a second;
					// the server polls after a tenth

static const char *const names[] = { "/sysfuzz", "/testhostile", "/soak",
	"/testsys" };

// Read files that are not cached yet, until the server is gone.
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

// Allocate n pages from va on, or all there are.  Returns their end.
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

// Has the server not run since the last call, although it is not waiting for a
// request?
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
	close(open("/motd", O_RDONLY));	// wait for the server to start

	char *end = take_pages((char *) AREA, 0x7FFFFFFF);
	char *old = end - TO_SPARE * PGSIZE;

	free_pages(old, end);
	ipc_send(child, 0, NULL, 0);

	// Wait until the server has waited for the disk for a while
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
