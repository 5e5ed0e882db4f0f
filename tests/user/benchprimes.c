// tests/user/benchprimes.c - counts the instructions of the first hundred
// primes, by a chain of environments as in user/primes.c, but with an end.
// Started by tests/user/bench.c.

#include <tests/user/bench.h>

#define PRIMES		100	// links of the chain
#define LAST_PRIME	541
#define END		0	// a link that receives it passes it on and ends

// One link of the chain.  Its child, the next link, continues at the top of the
// outer loop.
static void
sieve(envid_t top)
{
	for (int link = 1; ; link++) {
		uint32_t prime = ipc_recv(NULL, NULL, NULL);
		envid_t next = 0;

		if (link == PRIMES)
			ipc_send(top, prime, NULL, 0);
		else
			next = fork_or_panic();
		if (link < PRIMES && next == 0)
			continue;
		for (;;) {
			uint32_t n = ipc_recv(NULL, NULL, NULL);

			if (next != 0 && (n == END || n % prime != 0))
				ipc_send(next, n, NULL, 0);
			if (n == END)
				exit();
		}
	}
}

static void
generate(envid_t top)
{
	envid_t first = fork_or_panic();

	if (first == 0)
		sieve(top);
	for (uint32_t n = 2; n <= LAST_PRIME; n++)
		ipc_send(first, n, NULL, 0);
	ipc_send(first, END, NULL, 0);
	exit();
}

static uint32_t
last_prime(void)
{
	envid_t top = thisenv->env_id;

	if (fork_or_panic() == 0)
		generate(top);
	return ipc_recv(NULL, NULL, NULL);
}

void
umain(int argc, char **argv)
{
	int others = free_envs();
	uint32_t prime;

	USED(argc), USED(argv);

	report("primes", COUNT(prime = last_prime()));
	if (prime != LAST_PRIME)
		panic("prime %d is %u, not %u", PRIMES, prime, LAST_PRIME);
	while (free_envs() < others)
		sys_yield();
}
