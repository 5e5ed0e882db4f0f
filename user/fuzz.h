// user/fuzz.h - what crashme, sysfuzz and fsfuzz share.
//
// Each is run as
//
//	NAME [seed [count]]
//
// and does the same for the same seed and count, as far as the order in which
// environments run allows.  At the end the system must be as at the start: no
// page lost, a child runs, the file server serves.  A kernel started with
// DEBUG=check also looks for faults in its own data, now and then.
//
// fuzz_start, then fuzzing with the help of random and the like, fuzz_end.

#ifndef JOS_USER_FUZZ_H
#define JOS_USER_FUZZ_H

#include <inc/lib.h>

#define FUZZ_RW		(PTE_P | PTE_U | PTE_W)
#define FUZZ_RO		(PTE_P | PTE_U)
#define FUZZ_POOL	((char *) 0x30000000)	// all the memory there is

static uint32_t fuzz_state;		// of the random numbers
static uint32_t fuzz_count;		// how much is to be done
static int fuzz_pages;			// free at the start

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

// ------------------------------------------------------------ environments

static inline bool
is_gone(envid_t id)
{
	const volatile struct Env *e = &envs[ENVX(id)];

	return e->env_id != id || e->env_status == ENV_FREE;
}

static inline envid_t
fork_or_panic(void)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	return child;
}

// A running child ends when its CPU comes into the kernel.
static inline void
destroy_and_wait(envid_t child)
{
	int r = sys_env_destroy(child);

	if (r < 0 && r != -E_BAD_ENV)
		panic("sys_env_destroy: %e", r);
	wait(child);
}

// ------------------------------------------------- is all as it should be?

// Take every page there is, and give all back.  Returns how many.
static inline int
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
static inline void
check_kernel(void)
{
	int faults = sys_debug(DEBUG_CHECK, 0);

	if (faults > 0)
		panic("the kernel has %d faults", faults);
}

static inline void
check_child(void)
{
	envid_t me = sys_getenvid(), child = fork_or_panic(), from;

	if (child == 0) {
		ipc_send(me, ~me, NULL, 0);
		exit();
	}
	if (ipc_recv(&from, NULL, NULL) != ~me || from != child)
		panic("a child does not run as it should");
	wait(child);
}

static inline void
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

// Have a page table at va: it stays, so it must be there when pages are
// counted.
static inline void
make_table(void *va)
{
	int r = sys_page_alloc(0, va, FUZZ_RW);

	if (r < 0 || (r = sys_page_unmap(0, va)) < 0)
		panic("a page table for %p: %e", va, r);
}

static inline void
fuzz_start(const char *name, int argc, char **argv, uint32_t count)
{
	uint32_t seed = argc > 1 ? strtol(argv[1], NULL, 0) : 1;

	fuzz_count = argc > 2 ? strtol(argv[2], NULL, 0) : (long) count;
	cprintf("%s: seed %u, count %u\n", name, seed, fuzz_count);
	random_seed(seed);

	// The first round makes page tables and copies that stay
	for (int round = 0; round < 2; round++) {
		check_child();
		check_server();
		fuzz_pages = free_pages();
	}
	check_kernel();
}

// The caller then says that all is well.
static inline void
fuzz_end(void)
{
	check_kernel();
	check_child();
	check_server();

	int lost = fuzz_pages - free_pages();

	if (lost)
		panic("%d pages are lost", lost);
}

#endif // JOS_USER_FUZZ_H
