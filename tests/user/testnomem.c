// tests/user/testnomem.c - when memory is used up, opening a file is an error,
// and works as soon as there is enough again.

#include <inc/lib.h>

#define EATEN	0x10000000

// Take all pages that there are.  Returns the end of them.
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

	// The server has what it needs to take a request after the first one.
	sync();
	uintptr_t end = eat_memory();

	// Page by page, so that each thing that needs one is once what fails.
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
