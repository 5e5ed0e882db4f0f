// tests/user/fuzz.h - what crashme, sysfuzz and fsfuzz share.
//
// Each is run as
//
//	NAME [seed [count [seeds]]]
//
// and does the same for the same seed and count, as far as the order in which
// environments run allows; then for the next seed, if it is to do several.
// After each the system must be as at the start: no page lost, a child runs,
// the file server serves.  With 0 seeds it does one in company: others run
// meanwhile (tests/user/soak.c), so nothing is counted.
// A kernel started with DEBUG=check also looks for faults in its own data, now
// and then.
//
// fuzz_start; while fuzz_next, fuzzing with the help of random and the like;
// fuzz_end.

#ifndef JOS_TESTS_USER_FUZZ_H
#define JOS_TESTS_USER_FUZZ_H

#include <inc/lib.h>

#include <tests/user/test.h>

#define FUZZ_RW		(PTE_P | PTE_U | PTE_W)
#define FUZZ_RO		(PTE_P | PTE_U)
#define FUZZ_POOL	((char *) 0x30000000)	// all the memory there is

// Not inline: each caller had a copy, and a backtrace would end in the caller.
// Not every fuzzer uses all.
#define FUZZ_FUNCTION	static __attribute__((unused))

static uint32_t fuzz_state;		// of the random numbers
static uint32_t fuzz_count;		// how much is to be done a seed
static uint32_t fuzz_seed, fuzz_seeds;	// the next one, and how many follow
static bool fuzz_in_company;
static int fuzz_pages;			// free at the start
static int fuzz_used;			// pages in use then

// ---------------------------------------------------------- random numbers

// Marsaglia's xorshift; every seed but 0 is good.
static inline uint32_t
random(void)
{
	fuzz_state ^= fuzz_state << 13;
	fuzz_state ^= fuzz_state >> 17;
	fuzz_state ^= fuzz_state << 5;
	return fuzz_state;
}

// Seeds that are close together must not give similar numbers.
static inline void
random_seed(uint32_t seed)
{
	fuzz_state = seed * 2654435761u ^ 0x5EED;
	if (fuzz_state == 0)
		fuzz_state = 1;
	for (int i = 0; i < 8; i++)
		random();
}

static inline uint32_t
below(uint32_t n)
{
	return (random() >> 4) % n;
}

static inline bool
one_in(uint32_t n)
{
	return below(n) == 0;
}

#define PICK(array)	(array)[below(ARRAY_SIZE(array))]

// ------------------------------------------------- is all as it should be?

// Take every page there is, and give all back.  Returns how many.
FUZZ_FUNCTION int
free_pages(void)
{
	int n = 0, r;

	while ((r = sys_page_alloc(0, FUZZ_POOL + n * PGSIZE, FUZZ_RW)) == 0)
		n++;
	if (r != -E_NO_MEM)
		panic("sys_page_alloc: %e", r);
	for (int i = 0; i < n; i++)
		if ((r = sys_page_unmap(0, FUZZ_POOL + i * PGSIZE)) < 0)
			panic("sys_page_unmap: %e", r);
	return n;
}

// What the kernel itself finds.  Only if it was started to debug; else it
// says -E_INVAL.
FUZZ_FUNCTION void
check_kernel(void)
{
	int faults = sys_debug(DEBUG_CHECK, 0);

	if (faults > 0)
		panic("the kernel has %d faults", faults);
}

// How many pages are in use, by the kernel's own count: less than free_pages
// finds out, but soon done.
FUZZ_FUNCTION int
used_pages(void)
{
	const int in_page = PGSIZE / sizeof(struct PageInfo);
	int n = 0;

	for (int i = 0; page_is_mapped((void *) &pages[i]); i += in_page)
		for (int j = i; j < i + in_page; j++)
			n += pages[j].pp_ref != 0;
	return n;
}

FUZZ_FUNCTION void
check_child(void)
{
	envid_t me = sys_getenvid(), child = fork_or_panic(), from;

	if (child == 0) {
		ipc_send(me, ~me, NULL, 0);
		exit();
	}
	// First there may be the answer to a message that a fuzzer has sent
	int32_t value = ipc_recv(&from, NULL, NULL);

	if (from != child)
		value = ipc_recv(&from, NULL, NULL);
	if (value != ~me || from != child)
		panic("a child does not run as it should");
	wait(child);
}

FUZZ_FUNCTION void
check_server(void)
{
	static const char greeting[] = "This is /motd";
	char buf[sizeof(greeting)];
	int fd, r;

	if (!ipc_find_env(ENV_TYPE_FS))
		return;				// before lab 5
	if ((fd = open("/motd", O_RDONLY)) < 0)
		panic("open /motd: %e", fd);
	if ((r = readn(fd, buf, sizeof(buf) - 1)) != sizeof(buf) - 1
	    || memcmp(buf, greeting, r) != 0)
		panic("/motd: read %d bytes: %.*s", r, MAX(r, 0), buf);
	if ((r = close(fd)) < 0)
		panic("close /motd: %e", r);
}

// Have children open as many files as there can be, and end.  Returns how many
// that was.
FUZZ_FUNCTION int
count_slots(void)
{
	static envid_t child[NENV];
	int n = 0, slots = 0, got;

	do {
		envid_t me = sys_getenvid();

		if ((child[n] = fork_or_panic()) == 0) {
			int fd;

			for (got = 0; (fd = open("/lorem", O_RDONLY)) >= 0; )
				got++;
			if (fd != -E_MAX_OPEN)
				panic("open: %e", fd);
			ipc_send(me, got, NULL, 0);
			ipc_recv_from(me, NULL);
			exit();
		}
		got = ipc_recv_from(child[n++], NULL);
		slots += got;
	} while (got > 0);
	while (n-- > 0)
		destroy_and_wait(child[n]);
	return slots;
}

FUZZ_FUNCTION int
open_to_fill(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC);

	if (fd < 0)
		panic("open %s: %e", name, fd);
	return fd;
}

// Blocks that are free or the root directory's, which grows and does not
// shrink.  The disk is filled, and made empty again.  From then on all blocks
// are in the server's memory, so that what is free of that can be compared.
FUZZ_FUNCTION int
count_free_blocks(void)
{
	struct Stat root;
	static char block[BLKSIZE];
	static const char *const names[] = { "/fuzz0", "/fuzz1" };
	int n = 0, r = 0;

	// The root directory may have to grow for their names.
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		close(open_to_fill(names[i]));
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		int fd = open_to_fill(names[i]);

		while ((r = write(fd, block, sizeof(block))) > 0)
			n += r;
		close(fd);
	}
	if (r != -E_NO_DISK)
		panic("filling the disk: %e", r);
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if ((r = remove(names[i])) < 0)
			panic("remove: %e", r);
	if ((r = stat("/", &root)) < 0)
		panic("stat /: %e", r);
	return (n + root.st_size) / BLKSIZE;
}

// The file server gives back the pages of files that nobody has open any more
// a few at a time, at each open: have it look at all of them.
#define FUZZ_OPENS	(1024 / 4)	// MAXOPEN and SWEEP in fs/serv.c

FUZZ_FUNCTION void
settle_server(void)
{
	for (int i = 0; i < FUZZ_OPENS; i++)
		check_server();
}

#define FUZZ_TURNS	10000		// turns until others have ended

FUZZ_FUNCTION void
check_used_pages(void)
{
	int used;

	if (fuzz_in_company)
		return;
	for (int turn = 0; turn < FUZZ_TURNS; turn++) {
		if ((used = used_pages()) == fuzz_used)
			return;
		check_server();			// gives back a few
		sys_yield();
	}
	panic("%d pages are in use, %d were at the start", used, fuzz_used);
}

// Have a page table at va: it stays, so it must be there when pages are
// counted.
FUZZ_FUNCTION void
make_table(void *va)
{
	int r = sys_page_alloc(0, va, FUZZ_RW);

	if (r < 0 || (r = sys_page_unmap(0, va)) < 0)
		panic("a page table for %p: %e", va, r);
}

static inline uint32_t
fuzz_arg(int argc, char **argv, int i, uint32_t otherwise)
{
	return argc > i ? (uint32_t) strtol(argv[i], NULL, 0) : otherwise;
}

FUZZ_FUNCTION void
fuzz_start(const char *name, int argc, char **argv, uint32_t count)
{
	fuzz_seed = fuzz_arg(argc, argv, 1, 1);
	fuzz_count = fuzz_arg(argc, argv, 2, count);
	fuzz_seeds = fuzz_arg(argc, argv, 3, 1);
	cprintf("%s: seed %u, count %u, %u seeds\n", name, fuzz_seed,
		fuzz_count, fuzz_seeds);
	fuzz_in_company = fuzz_seeds == 0;
	if (fuzz_in_company) {
		fuzz_seeds = 1;
		return;
	}

	// The first round makes page tables and copies that stay
	for (int round = 0; round < 2; round++) {
		check_child();
		settle_server();
		fuzz_pages = free_pages();
	}
	check_kernel();
	fuzz_used = used_pages();
}

// Begin with the next seed.  Returns false if all are done.
static inline bool
fuzz_next(void)
{
	if (fuzz_seeds == 0)
		return false;
	cprintf("seed %u\n", fuzz_seed);
	random_seed(fuzz_seed++);
	fuzz_seeds--;
	return true;
}

// At the end of a seed: the system goes on.
FUZZ_FUNCTION void
fuzz_check(void)
{
	check_kernel();
	check_child();
	check_server();
}

// The caller then says that all is well.
FUZZ_FUNCTION void
fuzz_end(void)
{
	check_kernel();
	if (fuzz_in_company)
		return;
	settle_server();

	int lost = fuzz_pages - free_pages();

	if (lost)
		panic("%d pages are lost", lost);
}

#endif // JOS_TESTS_USER_FUZZ_H
