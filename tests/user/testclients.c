// tests/user/testclients.c - several clients of the file server at a time, some
// of which are killed at random moments: the others get the replies to their
// own requests, and the server never waits for a client.

#include <inc/lib.h>

#define CLIENTS		3
#define VICTIMS		8
#define ROUNDS		3
#define SIZE		(4 * BLKSIZE + 100)

static char buf[3000];

// Write a file of bytes that no other client writes, read it, remove it.
static void
use_file(int self, int round)
{
	char name[16], mark = 'a' + self * ROUNDS + round;
	int fd, r, n;

	snprintf(name, sizeof(name), "/client%d", self);
	if ((fd = open(name, O_RDWR | O_CREAT | O_TRUNC)) < 0)
		panic("open %s: %e", name, fd);
	memset(buf, mark, sizeof(buf));
	for (n = 0; n < SIZE; n += r)
		if ((r = write(fd, buf, MIN((int) sizeof(buf), SIZE - n))) <= 0)
			panic("write %s: %e", name, r);
	seek(fd, 0);
	for (n = 0; (r = read(fd, buf, sizeof(buf))) > 0; n += r)
		for (int i = 0; i < r; i++)
			if (buf[i] != mark)
				panic("%s: byte %d is %02x, not %02x", name,
					n + i, buf[i], mark);
	if (n != SIZE)
		panic("%s: %d bytes, not %d: %e", name, n, SIZE, MIN(r, 0));
	if ((r = close(fd)) < 0)
		panic("close %s: %e", name, r);
	if ((r = remove(name)) < 0)
		panic("remove %s: %e", name, r);
	cprintf("%s: round %d\n", name, round);
}

static envid_t
start(int self, int rounds)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		for (int round = 0; round < rounds; round++)
			use_file(self, round);
		exit();
	}
	return child;
}

void
umain(int argc, char **argv)
{
	envid_t clients[CLIENTS];

	USED(argc), USED(argv);

	for (int i = 0; i < CLIENTS; i++)
		clients[i] = start(i, ROUNDS);
	for (int i = 0; i < VICTIMS; i++) {
		envid_t victim = start(CLIENTS, ROUNDS);
		for (int turns = 0; turns < 20 + 9 * i; turns++)
			sys_yield();
		sys_env_destroy(victim);
		wait(victim);
	}
	for (int i = 0; i < CLIENTS; i++)
		wait(clients[i]);
	use_file(CLIENTS, 0);
	cprintf("testclients ok\n");
}
