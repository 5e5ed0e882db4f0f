// tests/user/testnomem.c - without free memory, open returns an error; it works
// again as soon as there is enough memory.

#include <inc/lib.h>

#define EATEN	0x10000000

// Allocate all free pages.  Returns their end.
static uintptr_t
eat_memory(void)
{
	uintptr_t va = EATEN;
	int r;

	while ((r = sys_page_alloc(0, (void *) va, PTE_P | PTE_U | PTE_W)) == 0)
		va += PGSIZE;
	if (r != -E_NO_MEM)
		panic("sys_page_alloc: %e", r);
	return va;
}

void
umain(int argc, char **argv)
{
	int refused = 0, fd;

	USED(argc), USED(argv);

	// With the first request the server allocates what it needs for all
	sync();
	uintptr_t end = eat_memory();

	// Free page after page, so that each allocation of open fails once
	while ((fd = open("/lorem", O_RDONLY)) == -E_NO_MEM) {
		refused++;
		end -= PGSIZE;
		sys_page_unmap(0, (void *) end);
	}
	if (fd < 0 || refused == 0)
		panic("open: %d after %d refusals", fd, refused);

	char c;
	int r = read(fd, &c, 1);

	if (r != 1)
		panic("read: %e", r);
	cprintf("testnomem ok\n");
}
