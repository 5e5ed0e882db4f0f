// ext/mmap/user/mmapcost.c - what it takes to add up the bytes of a file, by
// read and by mmap, in instructions, which are right under QEMU's -icount
// shift=0 only.

#include <inc/x86.h>

#include <ext/mmap/mmap.h>

#define NAME		"/mmapcost"
#define NPAGES		39
#define SIZE		(NPAGES * PGSIZE)
#define ROUNDS		4

static char buf[PGSIZE];

// p is volatile, so that the compiler does not add up equal pages once.
static uint32_t
add(const volatile char *p, int n)
{
	uint32_t sum = 0;

	for (int i = 0; i < n; i++)
		sum += (uint8_t) p[i];
	return sum;
}

static int
must_open(int mode)
{
	const int fd = open(NAME, mode);

	if (fd < 0)
		panic("open: %e", fd);
	return fd;
}

static void
make_file(void)
{
	const int fd = must_open(O_RDWR | O_CREAT | O_TRUNC);

	memset(buf, 1, sizeof(buf));
	for (int n = 0, r; n < SIZE; n += r)
		if ((r = write(fd, buf, MIN(PGSIZE, SIZE - n))) <= 0)
			panic("write: %e", r);
	close(fd);
}

static uint32_t
by_read(void)
{
	const int fd = must_open(O_RDONLY);
	uint32_t sum = 0;
	int n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sum += add(buf, n);
	close(fd);
	return sum;
}

static uint32_t
by_mmap(int flags)
{
	const int fd = must_open(O_RDONLY);
	const char *p = mmap(NULL, SIZE, PROT_READ, flags, fd, 0);

	if (mmap_error(p))
		panic("mmap: %e", mmap_error(p));

	const uint32_t sum = add(p, SIZE);

	munmap((void *) p, SIZE);
	close(fd);
	return sum;
}

static uint32_t
by_private(void)
{
	return by_mmap(MAP_PRIVATE);
}

static uint32_t
by_shared(void)
{
	return by_mmap(MAP_SHARED);
}

static uint32_t
only_add(void)
{
	uint32_t sum = 0;

	for (int i = 0; i < NPAGES; i++)
		sum += add(buf, PGSIZE);
	return sum;
}

static void
show(const char *how, uint32_t (*f)(void))
{
	uint32_t lowest = ~0u;

	for (int i = 0; i < ROUNDS; i++) {
		const uint32_t start = read_tsc();
		const uint32_t sum = f();
		const uint32_t took = (uint32_t) read_tsc() - start;

		if (sum != SIZE)
			panic("%s: the sum is %d", how, sum);
		lowest = MIN(lowest, took);
	}
	cprintf("%s: %d instructions\n", how, lowest);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	make_file();
	show("only add", only_add);
	show("read", by_read);
	show("MAP_PRIVATE", by_private);
	show("MAP_SHARED", by_shared);
	cprintf("mmapcost ok\n");
}
