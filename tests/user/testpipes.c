// tests/user/testpipes.c - pipes with several readers and writers, while other
// environments copy and close the descriptors: no byte is lost or read twice,
// and no end of file comes too early.

#include <inc/lib.h>

#include <tests/user/test.h>

#define WRITERS		3
#define READERS		3
#define BYTES		3000		// from each writer
#define ROUNDS		60

static void
writer(int out)
{
	char block[7];
	int done = 0;

	memset(block, 'x', sizeof(block));
	while (done < BYTES) {
		int n = MIN((int) sizeof(block), BYTES - done);
		int r = write(out, block, n);

		if (r != n)
			panic("write returned %d, not %d", r, n);
		done += r;
	}
}

// Send the number of bytes read to the parent.
static void
reader(int in, envid_t parent)
{
	char block[11];
	int total = 0, r;

	while ((r = read(in, block, sizeof(block))) > 0)
		total += r;
	if (r < 0)
		panic("read: %e", r);
	ipc_send(parent, total, NULL, 0);
}

// Copy and close descriptors, by fork and dup.
static void
disturber(int fd)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (dup(fd, 20) < 0)
			panic("dup");
		if (i % 10 == 0) {
			envid_t child = fork_or_panic();

			if (child == 0)
				exit();
			wait(child);
		}
		close(20);
	}
}

void
umain(int argc, char **argv)
{
	envid_t me = sys_getenvid();
	int p[2], total = 0;

	USED(argc), USED(argv);
	if (pipe(p) < 0)
		panic("pipe");

	for (int i = 0; i < READERS; i++) {
		if (fork_or_panic() == 0) {
			close(p[1]);
			reader(p[0], me);
			exit();
		}
	}
	for (int i = 0; i < 2; i++) {
		if (fork_or_panic() == 0) {
			close(p[!i]);
			disturber(p[i]);
			exit();
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		if (fork_or_panic() == 0) {
			close(p[0]);
			writer(p[1]);
			exit();
		}
	}
	close(p[0]);
	close(p[1]);

	for (int i = 0; i < READERS; i++)
		total += ipc_recv(NULL, NULL, NULL);
	if (total != WRITERS * BYTES)
		panic("%d bytes came, not %d", total, WRITERS * BYTES);
	cprintf("testpipes ok\n");
}
