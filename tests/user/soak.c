// tests/user/soak.c - a soak test: runs fuzzers, tests and other jobs until it
// is told to end.
//
// usage: soak [seed]
//
// A round runs some of the jobs below together, chosen at random.  Every fifth
// round runs one job alone: a fuzzer, with a higher count, or a test that takes
// all environments.  After each round, as many environments and pages must be
// in use as at the start, and the kernel must find no mistake in its own data.
// At the end as many pages, environments and disk blocks must be free as at the
// start.  tools/soak starts this program, checks the output of all jobs, and
// types q to end it.

#include <tests/user/fuzz.h>

#define TOGETHER	4		// jobs in a round, at most
#define ALONE_EVERY	5		// rounds

// ----------------------------------------------- jobs that are functions

// Prime numbers by a chain of environments, as in user/primes.c, up to a limit:
// each link that receives a 0 passes it on and ends.
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
	while (next == 0) {			// the last link of the chain
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

// Many environments that soon end.  The one that is destroyed has no child: it
// might be destroyed within fork, and leave a child that never starts.
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

// Write n bytes, by several writes if need be.
static void
write_all(const char *name, int fd, const uint8_t *buf, int n)
{
	int r;

	for (int done = 0; done < n; done += r)
		if ((r = write(fd, buf + done, n - done)) <= 0)
			panic("%s: wrote %d of %d: %e", name, done, n, r);
}

// Files of random length and contents
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

// A job is a function or a program.  A program has arguments for a round with
// other jobs, and for a round alone; %u is a seed.
static const struct Job {
	const char *name;
	void (*run)(void);
	const char *args;
	const char *args_alone;
} jobs[] = {
	{ "sieve", run_sieve, NULL, NULL },
	{ "pingpong", run_pingpong, NULL, NULL },
	{ "storm", run_storm, NULL, NULL },
	{ "spawns", run_spawns, NULL, NULL },
	{ "files", run_files, NULL, NULL },
	{ "/forktree", NULL, "", NULL },
	{ "/stresssched", NULL, "", NULL },
	{ "/testpipes", NULL, "", NULL },
	{ "/crashme", NULL, "%u 8 0", "%u 24 1" },
	{ "/sysfuzz", NULL, "%u 6 0", "%u 20 1" },
	{ "/fsfuzz", NULL, "%u 30 0", "%u 60 1" },

	// Alone only: they take all environments, or need a CPU now and then
	{ "/testorphans", NULL, NULL, "" },
	{ "/testrunning", NULL, NULL, "10" },
};

#define IN_COMPANY	11		// the first 11 jobs run together
#define ALONE		5		// the last 5 jobs run alone
#define MAXARGS		4

// Run a program with the words of args as arguments.  Overwrites args.
static int
spawn_words(const char *program, char *args)
{
	const char *argv[MAXARGS + 1] = { program + 1 };
	int n = 1;

	while (*args && n < MAXARGS) {
		argv[n++] = args;
		while (*args && *args != ' ')
			args++;
		if (*args)
			*args++ = '\0';
	}
	return spawn(program, argv);
}

static void
start(const struct Job *job, bool alone)
{
	const char *format = alone ? job->args_alone : job->args;
	uint32_t number = random() % 1000000;
	char args[40];
	int child;

	cprintf("soak: start %s %u\n", job->name, number);
	if (job->run) {
		if ((child = fork_or_panic()) == 0) {
			envid_t first = sys_getenvid();

			random_seed(number);
			job->run();
			if (sys_getenvid() == first)
				cprintf("%s ok\n", job->name);
			exit();
		}
		return;
	}
	snprintf(args, sizeof(args), format, number);
	if ((child = spawn_words(job->name, args)) < 0)
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

// Wait until only `number` environments are left.
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
		int which = below(IN_COMPANY);

		if (taken[which])
			continue;
		taken[which] = true;
		start(&jobs[which], false);
		n++;
	}
	return n;
}

// Print how much is free, for tools/soak to compare start and end.
static void
say_free(const char *when)
{
	int blocks = count_free_blocks();

	settle_server();
	cprintf("soak: %s %d pages, %d environments, %d blocks free\n", when,
		free_pages(), NENV - used_envs(), blocks);
}

void
umain(int argc, char **argv)
{
	const struct Job *end = jobs + ARRAY_SIZE(jobs);
	const int number = used_envs();
	uint32_t programs = 0;

	// Run each job once, because some memory stays in use: for page tables
	// of this program, and for blocks and descriptors of the file server
	for (const struct Job *job = jobs; job < end; job++) {
		start(job, job->args_alone != NULL);
		wait_for_all(number);
	}

	count_free_blocks();			// its memory also stays in use
	fuzz_start("soak", argc, argv, 0);
	say_free("start");
	fuzz_next();
	for (uint32_t round = 1; sys_cgetc() != 'q'; round++) {
		if (round % ALONE_EVERY == 0) {
			start(end - 1 - below(ALONE), true);
			programs++;
		} else
			programs += round_together();
		wait_for_all(number);
		check_used_pages();
		check_kernel();
		cprintf("soak: round %u, %u programs, %d pages in use\n",
			round, programs, fuzz_used);
	}
	fuzz_check();
	say_free("end");
	fuzz_end();
	cprintf("soak ok\n");
}
