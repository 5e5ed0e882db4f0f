// user/ls.c - lists files and the contents of directories.
//
//	ls [-dFl] [file...]
//
// -d	list directories themselves, not their contents
// -F	print a / after the names of directories
// -l	print size and type before each name

#include <inc/lib.h>

static bool flag[256];

static void
list_one(const char *dir, const char *name, off_t size, bool isdir)
{
	const char *slash = "";

	if (flag['l'])
		printf("%11d %c ", size, isdir ? 'd' : '-');
	if (dir[0] && dir[strlen(dir) - 1] != '/')
		slash = "/";
	printf("%s%s%s%s\n", dir, slash, name,
		flag['F'] && isdir ? "/" : "");
}

// List the directory path, with prefix before each name.
static void
list_dir(const char *path, const char *prefix)
{
	struct File f;
	int n, fd = open(path, O_RDONLY);

	if (fd < 0) {
		cprintf("open %s: %e\n", path, fd);
		return;
	}
	while ((n = readn(fd, &f, sizeof(f))) == sizeof(f)) {
		f.f_name[MAXNAMELEN - 1] = '\0';
		if (f.f_name[0])
			list_one(prefix, f.f_name, f.f_size,
				f.f_type == FTYPE_DIR);
	}
	if (n > 0)
		cprintf("short read in directory %s\n", path);
	if (n < 0)
		cprintf("error reading directory %s: %e\n", path, n);
	close(fd);
}

static void
list(const char *path, const char *prefix)
{
	struct Stat st;
	int r = stat(path, &st);

	if (r < 0)
		cprintf("stat %s: %e\n", path, r);
	else if (st.st_isdir && !flag['d'])
		list_dir(path, prefix);
	else
		list_one("", path, st.st_size, st.st_isdir);
}

static void
usage(void)
{
	cprintf("usage: ls [-dFl] [file...]\n");
	exit();
}

void
umain(int argc, char **argv)
{
	struct Argstate args;
	int c;

	argstart(&argc, argv, &args);
	while ((c = argnext(&args)) >= 0) {
		if (c != 'd' && c != 'F' && c != 'l')
			usage();
		flag[c] = true;
	}
	if (argc <= 1)
		list("/", "");
	for (int i = 1; i < argc; i++)
		list(argv[i], argv[i]);
}
