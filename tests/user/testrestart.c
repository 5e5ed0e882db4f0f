// tests/user/testrestart.c - the file server is destroyed, several times: its
// clients get an error and go on, and another server takes its place.
//
// At each int3 the tester destroys the server, by the kernel monitor's commands
// `kill` and `continue`: three times, and then once while this program is the
// only client.  Needs DEBUG=1.

#include <inc/lib.h>
#include <inc/x86.h>

#define CLIENTS		4
#define MAXTURNS	1000000		// until the next server works

static char buf[100];

static void
expect(int line, const char *call, int got, int want)
{
	if (got != want)
		panic("line %d: %s: %d, not %d", line, call, got, want);
}

#define IS(call, want)		expect(__LINE__, #call, call, want)

// May a request return r when the server is gone, or is another one?
static bool
is_excused(int r)
{
	return r == -E_BAD_ENV || r == -E_NOT_SUPP || r == -E_INVAL;
}

// Read a file.  Returns 0 or an error.
static int
read_file(void)
{
	int fd = open("/lorem", O_RDONLY), r = fd;

	while (r >= 0 && (r = read(fd, buf, sizeof(buf))) > 0)
		;
	if (fd >= 0)
		close(fd);
	if (r < 0 && !is_excused(r))
		panic("a client got %d", r);
	return r;
}

// A client: when told, tries to read a file until the next server works.
static void
client(envid_t parent)
{
	for (;;) {
		envid_t now, before = ipc_recv_from(parent, NULL);

		do
			now = ipc_find_env(ENV_TYPE_FS);
		while (read_file() < 0 || now == before || now == 0);
		ipc_send(parent, 1, NULL, 0);
	}
}

static int
open_when_there(const char *path, int mode)
{
	int r;

	for (int turn = 0; turn < MAXTURNS; turn++) {
		if ((r = open(path, mode)) >= 0)
			return r;
		if (!is_excused(r))
			panic("open %s: %e", path, r);
		sys_yield();
	}
	panic("no server after so long: %e", r);
}

// The server is destroyed while fd is open; the next one does not know that id.
static void
one_death(int round, const envid_t *clients, int n)
{
	envid_t before = ipc_find_env(ENV_TYPE_FS);
	struct Stat st;
	int fd = open_when_there("/lorem", O_RDONLY), again;
	int writable = open_when_there("/motd", O_RDWR);
	struct Fd *old, *new;

	for (int i = 0; i < n; i++)
		ipc_send(clients[i], before, NULL, 0);
	for (int turn = 0; turn < 20 + round; turn++)
		sys_yield();
	cprintf("testrestart: round %d, server %08x\n", round, before);
	__asm__ volatile("int3");

	if (read(fd, buf, 1) >= 0)
		panic("read from a server that is gone");
	again = open_when_there("/lorem", O_RDONLY);
	if (ipc_find_env(ENV_TYPE_FS) == before)
		panic("the server was not ended");
	IS(fd_lookup(fd, &old), 0);
	IS(fd_lookup(again, &new), 0);
	if (old->fd_file.id == new->fd_file.id)
		panic("both servers use id %08x", new->fd_file.id);

	IS(read(fd, buf, 1), -E_INVAL);
	IS(fstat(fd, &st), -E_INVAL);
	IS(close(fd), 0);		// read-only: there is nothing to flush
	IS(close(writable), -E_INVAL);
	IS(read(again, buf, sizeof(buf)), sizeof(buf));
	IS(close(again), 0);
	for (int i = 0; i < n; i++)
		IS(ipc_recv_from(clients[i], NULL), 1);
}

// The next server finds what was written and flushed.
static void
check_file(int round)
{
	int fd = open_when_there("/survivor", O_RDWR | O_CREAT);

	if (round > 0) {
		IS(read(fd, buf, 10), 1);
		IS(buf[0], 'a' + round - 1);
		IS(seek(fd, 0), 0);
	}
	buf[0] = 'a' + round;
	IS(write(fd, buf, 1), 1);
	IS(close(fd), 0);
}

void
umain(int argc, char **argv)
{
	envid_t clients[CLIENTS];
	int round;

	USED(argc), USED(argv);

	for (int i = 0; i < CLIENTS; i++)
		if ((clients[i] = fork()) == 0)
			client(thisenv->env_parent_id);
	for (round = 0; round < 3; round++) {
		check_file(round);
		one_death(round, clients, CLIENTS);
	}
	for (int i = 0; i < CLIENTS; i++) {
		sys_env_destroy(clients[i]);
		wait(clients[i]);
	}
	check_file(round);
	one_death(round, NULL, 0);
	IS(remove("/survivor"), 0);
	cprintf("testrestart ok\n");
}
