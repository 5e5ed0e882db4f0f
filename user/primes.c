// user/primes.c - prime numbers by a chain of environments, one for each.
//
// Each environment takes the first number that it receives as its prime, and
// sends the numbers that its prime does not divide to the next environment.
//
// The line with a prime has no newline: the kernel's message about the new
// environment completes it.

#include <inc/lib.h>

static envid_t
fork_or_panic(void)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	return child;
}

// One link of the chain.  Its child, the next link, continues at the top of the
// outer loop.
static void
sieve(void)
{
	for (;;) {
		uint32_t prime = ipc_recv(NULL, NULL, NULL);
		envid_t next;

		cprintf("CPU %d: %d ", thisenv->env_cpunum, prime);
		next = fork_or_panic();
		while (next != 0) {
			uint32_t n = ipc_recv(NULL, NULL, NULL);

			if (n % prime != 0)
				ipc_send(next, n, NULL, 0);
		}
	}
}

void
umain(int argc, char **argv)
{
	envid_t first = fork_or_panic();

	USED(argc), USED(argv);

	if (first == 0)
		sieve();
	for (uint32_t n = 2; ; n++)
		ipc_send(first, n, NULL, 0);
}
