// ext/mmap/user/meet.c - two of these meet in a file, whoever has started them:
// each waits for what the other writes to its mapping.

#include <inc/x86.h>

#include <ext/mmap/mmap.h>
#include <ext/test.h>

#define NAME		"/meeting"
#define TURNS		1000		// of both together

static volatile struct Meeting {
	uint32_t arrived;
	uint32_t turns;			// whose turn it is: % 2
	char by[TURNS];			// who had each turn
} *meeting;

#define SIZE		((int) sizeof(*meeting))

// What read gets of the file is what was written to the mapping.
static void
check_file(int fd)
{
	static struct Meeting file;

	seek(fd, 0);
	expect("read", readn(fd, &file, SIZE), SIZE);
	expect("arrived", file.arrived, 2);
	expect("turns", file.turns, TURNS);
	for (int i = 0; i < TURNS; i++)
		expect("by", file.by[i], i % 2 ? 'b' : 'a');
}

void
umain(int argc, char **argv)
{
	const int fd = open(NAME, O_RDWR | O_CREAT);

	USED(argc), USED(argv);
	must("open", fd);
	must("ftruncate", ftruncate(fd, SIZE));
	meeting = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must("mmap", mmap_error((void *) meeting));

	const uint32_t me = xadd(&meeting->arrived, 1);

	if (me > 1)
		panic("there are two already");
	for (uint32_t i = me; i < TURNS; i += 2) {
		while (meeting->turns != i)
			sys_yield();
		meeting->by[i] = 'a' + me;
		meeting->turns = i + 1;
	}
	if (me == 1) {
		must("msync", msync((void *) meeting, SIZE));
		check_file(fd);
		cprintf("meet ok\n");
	}
}
