// tests/user/benchscale.c - counts the instructions of operations whose cost
// might grow with N.  tools/bench-scale runs it with a subject and a number:
//
//	asleep N	environments that wait
//	running N	environments that yield
//	files N		files in the directory
//	size N		KiB in a file

#include <tests/user/bench.h>

#define LOOPS		100

static char buffer[PGSIZE];

static void
do_nothing(void)
{
}

static void
bench_asleep(int n)
{
	envid_t child;

	for (int i = 0; i < n; i++)
		must("sys_exofork", sys_exofork());
	BENCH("call", LOOPS, NOTHING, TIMES(LOOPS, sys_getenvid()), NOTHING);
	BENCH("yield", LOOPS, NOTHING, TIMES(LOOPS, sys_yield()), NOTHING);
	BENCH("page", LOOPS, NOTHING, TIMES(LOOPS,
		sys_page_alloc(0, PAGE(0), RW);
		sys_page_unmap(0, PAGE(0))), NOTHING);
	BENCH("exofork", LOOPS, NOTHING,
		TIMES(LOOPS, sys_env_destroy(sys_exofork())), NOTHING);
	BENCH("fork", 1, NOTHING, wait(start(do_nothing)), NOTHING);
	child = start(answer_calls);
	BENCH("ipc", LOOPS, NOTHING, TIMES(LOOPS,
		ipc_call(child, i, NULL, 0, NULL)), NOTHING);
}

// The switch from one running environment to the next
static void
bench_running(int n)
{
	for (int i = 1; i < n; i++)
		start(yield_for_ever);
	TIMES(2, sys_yield());		// until all have started
	BENCH("switch", 10 * n, NOTHING, TIMES(10, sys_yield()), NOTHING);
}

static void
open_and_close(const char *path)
{
	close(open(path, O_RDONLY));
}

static void
bench_files(int n)
{
	char name[] = "f0000";

	for (int i = 0; i < n; i++) {
		for (int digit = 4, rest = i; digit > 0; digit--, rest /= 10)
			name[digit] = '0' + rest % 10;
		close(open_or_panic(name, O_WRONLY | O_CREAT));
	}
	BENCH("first", 1, NOTHING, open_and_close("f0000"), NOTHING);
	BENCH("last", 1, NOTHING, open_and_close(name), NOTHING);
}

// Reads of the first and the last block of a file
static void
bench_size(int n)
{
	int fd = open_or_panic("large", O_RDWR | O_CREAT);
	off_t size = n * 1024, last = size - PGSIZE;

	for (off_t done = 0; done < size; ) {
		ssize_t r = write(fd, buffer, MIN(PGSIZE, size - done));

		must("write", r);
		done += r;
	}
	BENCH("read_first", 1, seek(fd, 0), read(fd, buffer, PGSIZE), NOTHING);
	BENCH("read_last", 1, seek(fd, last), read(fd, buffer, PGSIZE),
		NOTHING);
	BENCH("write_last", 1, seek(fd, last), write(fd, buffer, PGSIZE),
		NOTHING);
	report("truncate", COUNT_BUSY(ftruncate(fd, 0); close(fd)));
}

void
umain(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*bench)(int n);
	} subjects[] = {
		{ "asleep", bench_asleep },
		{ "running", bench_running },
		{ "files", bench_files },
		{ "size", bench_size },
	};

	close(open("motd", O_RDONLY));	// wait for the file server to start
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		if (argc == 3 && strcmp(argv[1], subjects[i].name) == 0)
			subjects[i].bench(strtol(argv[2], NULL, 10));
	cprintf("bench ok\n");
	sys_poweroff(0);
}
