// tests/user/testpaths.c - paths: the longest names, slashes, names that do not
// exist, and a directory that grows.

#include <inc/lib.h>

#define MANY	100			// entries, for more than one block

static char path[2 * MAXPATHLEN];

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

// Open and close a file.  Returns 0 or an error.
static int
try_open(const char *name, int mode)
{
	int fd = open(name, mode);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

// Make path[] of n times c, then a word.
static const char *
long_path(int n, char c, const char *end)
{
	memset(path, c, n);
	strcpy(path + n, end);
	return path;
}

static void
test_lengths(void)
{
	struct Stat st;

	expect("open 127", try_open(long_path(MAXNAMELEN - 1, 'n', ""),
		O_RDWR | O_CREAT), 0);
	expect("stat 127", stat(path, &st), 0);
	expect("name of 127", strcmp(path, st.st_name), 0);
	expect("open 126", try_open(path + 1, O_RDONLY), -E_NOT_FOUND);
	expect("remove 127", remove(path), 0);
	expect("open 127", try_open(path, O_RDONLY), -E_NOT_FOUND);

	expect("open 128", try_open(long_path(MAXNAMELEN, 'n', ""),
		O_RDWR | O_CREAT), -E_BAD_PATH);
	expect("stat 128", stat(path, &st), -E_BAD_PATH);
	expect("remove 128", remove(path), -E_BAD_PATH);

	expect("longest path", try_open(long_path(MAXPATHLEN - 1 - 5, '/',
		"lorem"), O_RDONLY), 0);
	expect("too long path", try_open(long_path(MAXPATHLEN - 5, '/',
		"lorem"), O_RDONLY), -E_BAD_PATH);
	expect("remove", remove(path), -E_BAD_PATH);
}

static void
test_slashes(void)
{
	expect("lorem", try_open("lorem", O_RDONLY), 0);
	expect("///lorem", try_open("///lorem", O_RDONLY), 0);
	expect("/lorem/x", try_open("/lorem/x", O_RDONLY), -E_NOT_FOUND);
	expect("/lorem/x", try_open("/lorem/x", O_RDWR | O_CREAT),
		-E_NOT_FOUND);
	expect("/no/x", try_open("/no/x", O_RDWR | O_CREAT), -E_NOT_FOUND);
	expect("remove /no/x", remove("/no/x"), -E_NOT_FOUND);
}

// "" and "/" are the root directory, which cannot be opened for writing, made
// or removed.
static void
test_root(const char *root)
{
	struct Stat st;

	expect("stat /", stat(root, &st), 0);
	expect("isdir /", st.st_isdir, 1);
	expect("write /", try_open(root, O_WRONLY), -E_INVAL);
	expect("truncate /", try_open(root, O_RDONLY | O_TRUNC), -E_INVAL);
	expect("create /", try_open(root, O_RDONLY | O_CREAT | O_EXCL),
		-E_FILE_EXISTS);
	expect("remove /", remove(root), -E_INVAL);
}

static void
test_growth(void)
{
	char name[16];
	struct Stat before, after;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "/many%d", i);
			expect(name, try_open(name, O_RDWR | O_CREAT | O_EXCL),
				0);
			expect(name, try_open(name, O_RDWR | O_CREAT | O_EXCL),
				-E_FILE_EXISTS);
		}
		expect("stat", stat("/", round ? &after : &before), 0);
		for (int i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "/many%d", i);
			expect(name, remove(name), 0);
			expect(name, remove(name), -E_NOT_FOUND);
		}
	}
	expect("size of /", after.st_size, before.st_size);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_lengths();
	test_slashes();
	test_root("/");
	test_root("");
	test_growth();
	cprintf("testpaths ok\n");
}
