// tests/user/testcrash.c - writes, truncates and removes files as told by its
// input, for tests/test-crash, which cuts the power meanwhile.
//
// Each line of the input is a step:
//
//	A 12	open or create file /A, and append 12 blocks;
//		files N and later are in /d
//	A -3	truncate the file to 3 blocks
//	A .	close it
//	A !	close and remove it
//	sync	have the server write everything to the disk
//	end
//
// Every sector holds its file, its number in the file, and the step.

#include <tests/user/test.h>

#define NFILES		26
#define MAGIC		0x48535243
#define SECTOR		512

struct Sector {
	uint32_t magic;
	uint32_t file;			// its letter
	uint32_t number;		// in the file
	uint32_t step;
};

static int fds[NFILES];
static uint32_t step;

static const char *
path(char letter)
{
	static char name[] = "/d/A";

	name[3] = letter;
	return letter < 'N' ? name + 2 : name;
}

static int
open_file(char letter)
{
	int *fd = &fds[letter - 'A'];

	if (*fd < 0)
		*fd = open(path(letter), O_RDWR | O_CREAT);
	must("open", *fd);
	return *fd;
}

static void
close_file(char letter)
{
	int *fd = &fds[letter - 'A'];

	if (*fd >= 0)
		must("close", close(*fd));
	*fd = -1;
}

static void
remove_file(char letter)
{
	close_file(letter);
	must("remove", remove(path(letter)));
}

static void
append(char letter, int blocks)
{
	static struct Sector buf[BLKSIZE / sizeof(struct Sector)];
	const int fd = open_file(letter);
	struct Stat st;

	must("fstat", fstat(fd, &st));
	must("seek", seek(fd, st.st_size));
	for (int at = st.st_size; blocks-- > 0; at += BLKSIZE) {
		for (size_t i = 0; i < ARRAY_SIZE(buf); i++)
			buf[i] = (struct Sector) { MAGIC, letter,
				(at + i * sizeof(*buf)) / SECTOR, step };
		for (int n, done = 0; done < BLKSIZE; done += n) {
			n = write(fd, (char *) buf + done, BLKSIZE - done);
			must("write", n);
		}
	}
}

static void
carry_out(char letter, const char *what)
{
	if (*what == '-')
		must("ftruncate", ftruncate(open_file(letter),
			strtol(what + 1, NULL, 10) * BLKSIZE));
	else if (*what == '.')
		close_file(letter);
	else if (*what == '!')
		remove_file(letter);
	else
		append(letter, strtol(what, NULL, 10));
}

void
umain(int argc, char **argv)
{
	const char *line;

	USED(argc), USED(argv);
	for (int i = 0; i < NFILES; i++)
		fds[i] = -1;
	close(0);
	must("opencons", opencons());
	must("dup", dup(0, 1));
	while ((line = readline("step> ")) && strcmp(line, "end") != 0) {
		step++;
		if (strcmp(line, "sync") == 0)
			must("sync", sync());
		else if (line[0] >= 'A' && line[0] <= 'Z' && line[1] == ' ')
			carry_out(line[0], line + 2);
		else
			panic("no such step: %s", line);
	}
	cprintf("testcrash ok\n");
}
