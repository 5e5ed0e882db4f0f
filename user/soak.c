// user/soak.c - everything at once, again and again, for as long as one likes.
//
// usage: soak [seed]
//
// In a round some of the jobs below run together, chosen at random; now and
// then a fuzzer runs alone, and counts more.  When all of them and all their
// children are gone, as many environments and pages must be in use as at the
// start.  conf/soak starts this, looks for what the programs complain of, and
// types a q to end it.

#include <user/fuzz.h>

#define TOGETHER	4		// jobs in a round, at most
#define ALONE_EVERY	8		// rounds

// ------------------------------------------------------- jobs of our own

// Prime numbers by a chain of environments, as in primes.c; but a 0 ends it,
// from the first to the last.
#define SIEVE_LIMIT	150

static void
run_sieve(void)
{
	envid_t next = fork_or_panic();

	if (next) {				// the source of numbers
		for (uint32_t n = 2; n < SIEVE_LIMIT; n++)
			ipc_send(next, n, NULL, 0);
		ipc_send(next, 0, NULL, 0);
		wait(next);
		return;
	}
	while (next == 0) {			// each goes on as the last
		uint32_t prime = ipc_recv(NULL, NULL, NULL), n;

		if (prime == 0)
			return;
		if ((next = fork_or_panic()) == 0)
			continue;
		while ((n = ipc_recv(NULL, NULL, NULL)) != 0)
			if (n % prime != 0)
				ipc_send(next, n, NULL, 0);
		ipc_send(next, 0, NULL, 0);
	}
}

// Messages to and fro, with a page each way
#define PINGPONGS	200

static uint32_t *const ball = (uint32_t *) UTEMP;

static void
receive_ball(uint32_t n, envid_t other)
{
	envid_t from;
	uint32_t got = ipc_recv(&from, ball, NULL);

	if (got != n || *ball != n || from != other)
		panic("message %u is another one", n);
}

static void
send_ball(uint32_t n, envid_t other)
{
	int r = sys_page_alloc(0, ball, FUZZ_RW);

	if (r < 0)
		panic("sys_page_alloc: %e", r);
	*ball = n;
	ipc_send(other, n, ball, FUZZ_RW);
}

static void
run_pingpong(void)
{
	envid_t parent = sys_getenvid(), child = fork_or_panic();

	for (uint32_t n = 0; n < PINGPONGS; n++)
		if (child) {
			send_ball(n, child);
			receive_ball(n, child);
		} else {
			receive_ball(n, parent);
			send_ball(n, parent);
		}
	if (child)
		wait(child);
}

// Many short lives at once.  The one that is ended has no child: it might be
// one that was not started yet, and would then stay for good.
static void
run_storm(void)
{
	for (int i = 0; i < 20; i++) {
		envid_t child[4];

		for (int n = 0; n < 4; n++)
			if ((child[n] = fork_or_panic()) == 0) {
				if (n > 0)
					fork_or_panic();
				sys_yield();
				exit();
			}
		destroy_and_wait(child[0]);
		for (int n = 1; n < 4; n++)
			wait(child[n]);
	}
}

static void
run_spawns(void)
{
	for (int i = 0; i < 5; i++) {
		int child = spawnl("/echo", "echo", "x", (char *) 0);

		if (child < 0)
			panic("spawn: %e", child);
		wait(child);
	}
}

// A write may be done in part only.
static void
write_all(const char *name, int fd, const uint8_t *buf, int n)
{
	int r;

	for (int done = 0; done < n; done += r)
		if ((r = write(fd, buf + done, n - done)) <= 0)
			panic("%s: wrote %d of %d: %e", name, done, n, r);
}

// A file of random length, with contents that follow from its name
static void
run_files(void)
{
	static uint8_t buf[6000], back[sizeof(buf)];
	char name[32];
	int r;

	for (int i = 0; i < 5; i++) {
		int n = 1 + below(sizeof(buf));
		int half = n / 2;

		snprintf(name, sizeof(name), "/soak%08x.%d", sys_getenvid(), i);
		for (int j = 0; j < n; j++)
			buf[j] = random();

		int fd = open(name, O_RDWR | O_CREAT | O_TRUNC);

		if (fd < 0)
			panic("%s: %e", name, fd);
		write_all(name, fd, buf, n);
		seek(fd, 0);
		if ((r = readn(fd, back, n)) != n || memcmp(buf, back, n) != 0)
			panic("%s: read %d, or others, of %d", name, r, n);
		if ((r = ftruncate(fd, half)) < 0)
			panic("%s: %e", name, r);
		seek(fd, 0);
		if ((r = readn(fd, back, n)) != half)
			panic("%s: %d bytes are left of %d", name, r, half);
		close(fd);
		if ((r = remove(name)) < 0)
			panic("%s: %e", name, r);
	}
}

// -------------------------------------------------------------------- all

// A function of ours, or a program; a fuzzer, if it takes a count.
static const struct Job {
	const char *name;
	void (*run)(void);
	const char *count;		// in company
	const char *count_alone;
} jobs[] = {
	{ "sieve", run_sieve, NULL, NULL },
	{ "pingpong", run_pingpong, NULL, NULL },
	{ "storm", run_storm, NULL, NULL },
	{ "spawns", run_spawns, NULL, NULL },
	{ "files", run_files, NULL, NULL },
	{ "/forktree", NULL, NULL, NULL },
	{ "/stresssched", NULL, NULL, NULL },
	{ "/testpipes", NULL, NULL, NULL },
	{ "/crashme", NULL, "8", "24" },
	{ "/sysfuzz", NULL, "6", "20" },
	{ "/fsfuzz", NULL, "30", "60" },
};

#define FUZZERS	3			// the last ones

static void
start(const struct Job *job, bool alone)
{
	char seed[16];
	uint32_t number = random();
	int child;

	cprintf("soak: start %s %u\n", job->name, number % 1000000);
	snprintf(seed, sizeof(seed), "%u", number % 1000000);
	if (job->run) {
		if ((child = fork_or_panic()) == 0) {
			random_seed(number);
			job->run();
			exit();
		}
	} else if (job->count)
		child = spawnl(job->name, job->name + 1, seed,
			alone ? job->count_alone : job->count,
			alone ? "1" : "0", (char *) 0);
	else
		child = spawnl(job->name, job->name + 1, (char *) 0);
	if (child < 0)
		panic("%s: %e", job->name, child);
}

static int
used_envs(void)
{
	int n = 0;

	for (const volatile struct Env *e = envs; e < envs + NENV; e++)
		n += e->env_status != ENV_FREE;
	return n;
}

// Wait until nobody is left but those who were there at the start.
static void
wait_for_all(int number)
{
	while (used_envs() > number)
		for (int i = 0; i < NENV; i++) {
			envid_t id = envs[i].env_id;

			if (envs[i].env_status != ENV_FREE
			    && envs[i].env_type == ENV_TYPE_USER
			    && id != sys_getenvid())
				wait(id);
		}
	if (used_envs() != number)
		panic("%d environments, not %d", used_envs(), number);
}

static int
round_together(void)
{
	bool taken[ARRAY_SIZE(jobs)] = { false };
	int n = 0;

	for (int i = 0; i < TOGETHER; i++) {
		int which = below(ARRAY_SIZE(jobs));

		if (taken[which])
			continue;
		taken[which] = true;
		start(&jobs[which], false);
		n++;
	}
	return n;
}

void
umain(int argc, char **argv)
{
	const struct Job *end = jobs + ARRAY_SIZE(jobs);
	const int number = used_envs();
	uint32_t programs = 0;

	// Some memory is taken once and kept: for our page tables, and for the
	// blocks and descriptors that the file server has seen
	for (const struct Job *job = jobs; job < end; job++) {
		start(job, job->count != NULL);
		wait_for_all(number);
	}

	fuzz_start("soak", argc, argv, 0);
	fuzz_next();
	for (uint32_t round = 1; sys_cgetc() != 'q'; round++) {
		if (round % ALONE_EVERY == 0) {
			start(end - 1 - below(FUZZERS), true);
			programs++;
		} else
			programs += round_together();
		wait_for_all(number);
		check_used_pages();
		cprintf("soak: round %u, %u programs, %d pages in use\n",
			round, programs, fuzz_used);
	}
	fuzz_check();
	fuzz_end();
	cprintf("soak ok\n");
}
