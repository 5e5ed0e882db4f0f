// tests/user/soak.c - everything at once, again and again, for as long as one
// likes.
//
// usage: soak [seed]
//
// In a round some of the jobs below run together, chosen at random; now and
// then one runs alone: a fuzzer, which then counts more, or a test that takes
// all there is.  When all of them and all their children are gone, as many
// environments and pages must be in use as at the start, and the kernel finds
// no fault in its own data.  At the end as much memory, as many environments
// and as many blocks of the disk must be free as at the start.  tools/soak
// starts this, looks for what the programs complain of or do not say, and types
// a q to end it.

#include <tests/user/fuzz.h>

#define TOGETHER	4		// jobs in a round, at most
#define ALONE_EVERY	5		// rounds

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

// A function of ours, or a program and what follows its name: in company,
// and alone.  %u is a seed.
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

	// These take all environments, or need a processor now and then
	{ "/testorphans", NULL, NULL, "" },
	{ "/testrunning", NULL, NULL, "10" },
};

#define IN_COMPANY	11		// so many of them
#define ALONE		5		// the last ones
#define MAXARGS		4

// Run a program with the words of args, which are changed.
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
		int which = below(IN_COMPANY);

		if (taken[which])
			continue;
		taken[which] = true;
		start(&jobs[which], false);
		n++;
	}
	return n;
}

// What else is free, and what must be so again at the end.
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

	// Some memory is taken once and kept: for our page tables, and for the
	// blocks and descriptors that the file server has seen
	for (const struct Job *job = jobs; job < end; job++) {
		start(job, job->args_alone != NULL);
		wait_for_all(number);
	}

	count_free_blocks();			// takes memory, the first time
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
