// ext/mmap/user/mmapcost.c - what it takes to add up the bytes of a file, by
// read and by mmap, and to look for what was written to it, in instructions,
// which are right under QEMU's -icount shift=0 only.  Prints the rows of
// README.md.

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

static char *
must_map(int prot, int flags)
{
	const int fd = must_open(prot & PROT_WRITE ? O_RDWR : O_RDONLY);
	char *p = mmap(NULL, SIZE, prot, flags, fd, 0);

	if (mmap_error(p))
		panic("mmap: %e", mmap_error(p));
	close(fd);
	return p;
}

static uint32_t
by_mmap(int flags)
{
	char *p = must_map(PROT_READ, flags);
	const uint32_t sum = add(p, SIZE);

	munmap(p, SIZE);
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

static char *held;

static uint32_t
by_msync(void)
{
	if (msync(held, SIZE) < 0)
		panic("msync");
	return SIZE;
}

// What f takes, the fewest instructions of some rounds
static uint32_t
cost_of(uint32_t (*f)(void))
{
	uint32_t lowest = ~0u;

	for (int i = 0; i < ROUNDS; i++) {
		const uint32_t start = read_tsc();
		const uint32_t sum = f();
		const uint32_t took = (uint32_t) read_tsc() - start;

		if (sum != SIZE)
			panic("the sum is %d", sum);
		lowest = MIN(lowest, took);
	}
	return lowest;
}

static void
show(const char *how, uint32_t (*f)(void), uint32_t adding)
{
	const uint32_t cost = cost_of(f);

	cprintf("| %s | %d | %d |\n", how, cost, (cost - adding) / NPAGES);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	make_file();

	const uint32_t adding = cost_of(only_add);

	cprintf("| only add | %d | |\n", adding);
	show("`read`, into one page", by_read, adding);
	show("`MAP_PRIVATE`, to the munmap", by_private, adding);
	show("`MAP_SHARED`, to the munmap", by_shared, adding);
	held = must_map(PROT_READ | PROT_WRITE, MAP_SHARED);
	show("the same, of pages that somebody has mapped", by_shared, adding);
	show("`msync`, where nothing was written", by_msync, 0);
	cprintf("mmapcost ok\n");
}
