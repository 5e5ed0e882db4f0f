// tests/user/benchfile.c - counts the instructions of files, pipes and spawn.
// Started by tests/user/bench.c on the disk of tools/bench, which has large
// files.

#include <tests/user/bench.h>

#define DATA		"data?"	// data1 to data3, which are not cached yet
#define SIZE		(256 * 1024)
#define PIPE_SIZE	(64 * 1024)
#define CHUNK		PGSIZE

static char buffer[CHUNK];

// Read or write size bytes, in calls of at most chunk bytes.
static void
transfer(ssize_t (*call)(int fd, void *buf, size_t n), int fd, size_t size,
	size_t chunk)
{
	for (size_t done = 0; done < size; ) {
		ssize_t n = call(fd, buffer, MIN(chunk, size - done));

		if (n <= 0)
			panic("at %d of %d: %d", done, size, n);
		done += n;
	}
}

static ssize_t
write_buffer(int fd, void *buf, size_t n)
{
	return write(fd, buf, n);
}

// ------------------------------------------------------------------- files

static void
bench_open(void)
{
	int fd;

	BENCH("open", 10, NOTHING,
		TIMES(10, close(open_or_panic("motd", O_RDONLY))), NOTHING);

	fd = open_or_panic("motd", O_RDONLY);
	BENCH("read_1", 10, NOTHING,
		TIMES(10, seek(fd, 0); read(fd, buffer, 1)), NOTHING);
	close(fd);
}

static void
bench_read(void)
{
	int fd;
	char name[] = DATA;

	// Each batch reads another file: data1, data2, data3
	BENCH_DISK("read_cold", 1,
		name[sizeof(name) - 2] = '1' + batch;
		fd = open_or_panic(name, O_RDONLY),
		transfer(read, fd, SIZE, CHUNK), close(fd));

	fd = open_or_panic(name, O_RDONLY);
	BENCH("read_4k", 1, seek(fd, 0),
		transfer(read, fd, SIZE, CHUNK), NOTHING);
	BENCH("read_512", 1, seek(fd, 0),
		transfer(read, fd, SIZE, 512), NOTHING);
	close(fd);
}

static int
create(void)
{
	return open_or_panic("new", O_RDWR | O_CREAT | O_TRUNC);
}

static void
delete(int fd)
{
	close(fd);
	must("remove", remove("new"));
	must("sync", sync());
}

static void
bench_write(void)
{
	int fd;

	BENCH_DISK("write", 1, fd = create(),
		transfer(write_buffer, fd, SIZE, CHUNK), delete(fd));
	BENCH_DISK("sync", 1,
		fd = create(); transfer(write_buffer, fd, SIZE, CHUNK),
		close(fd); sync(),
		fd = open_or_panic("new", O_RDONLY); delete(fd));
}

// ------------------------------------------------------------- pipe, spawn

// In a child: read all of fd again and again, and tell the parent each time.
static void
reader(int fd)
{
	for (;;) {
		transfer(read, fd, PIPE_SIZE, CHUNK);
		ipc_send(thisenv->env_parent_id, 0, NULL, 0);
	}
}

static void
bench_pipe(void)
{
	int ends[2];

	must("pipe", pipe(ends));
	envid_t child = fork_or_panic();
	if (child == 0)
		reader(ends[0]);
	BENCH("pipe", 1, NOTHING,
		transfer(write_buffer, ends[1], PIPE_SIZE, CHUNK);
		ipc_recv(NULL, NULL, NULL), NOTHING);
	destroy_and_wait(child);
	close(ends[0]);
	close(ends[1]);
}

static void
bench_spawn(void)
{
	BENCH("spawn", 1, NOTHING, wait(spawnl("benchnop", "benchnop", NULL)),
		NOTHING);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	memset(buffer, 'x', sizeof(buffer));
	bench_open();
	bench_read();
	bench_write();
	bench_pipe();
	bench_spawn();
}
