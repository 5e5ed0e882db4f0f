// fs/fsget.c - copies files out of a disk image.  Runs on the host:
//
//	fsget fs.img			lists the files, with their sizes
//	fsget fs.img PATH [TO]		copies file PATH to TO, - for standard
//					output; without TO, to a file with the
//					last name of PATH, here
//
// Without TO, an existing file is not overwritten.  On a damaged disk (see
// fs/fsck.c), a block that is missing or invalid reads as zeros.

#include <unistd.h>

enum { FAILED = 1, USAGE = 2 };

#define PROGRAM	"fsget"
#include <fs/image.h>

// Block i of file f, or NULL if f has none there or its number is invalid.
static uint8_t *
file_block(const struct File *f, uint32_t i)
{
	uint32_t b = 0;

	if (i < NDIRECT) {
		b = f->f_direct[i];
	} else if (f->f_indirect > 1 && f->f_indirect < nblocks) {
		uint32_t *numbers = block(f->f_indirect);
		b = numbers[i - NDIRECT];
	}
	return b > 1 && b < nblocks ? block(b) : NULL;
}

static uint32_t
size_of(const struct File *f)
{
	if (f->f_size < 0 || f->f_size > MAXFILESIZE)
		die("%.*s has a size that no file has: fsck repairs it",
			MAXNAMELEN, f->f_name);
	return (uint32_t) f->f_size;
}

// The next entry of directory dir that is in use, from number *i on; sets *i to
// the number after it.  NULL at the end.
static struct File *
next_entry(const struct File *dir, uint32_t *i)
{
	const uint32_t per_block = BLKSIZE / sizeof(struct File);

	for (; *i < size_of(dir) / sizeof(struct File); ++*i) {
		struct File *f = (void *) file_block(dir, *i / per_block);
		if (f && f[*i % per_block].f_name[0])
			return &f[(*i)++ % per_block];
	}
	return NULL;
}

static struct File *
find(struct File *f, const char *path)
{
	while (*(path += strspn(path, "/"))) {
		size_t n = strcspn(path, "/");
		struct File *dir = f;
		uint32_t i = 0;

		if (dir->f_type != FTYPE_DIR)
			return NULL;
		while ((f = next_entry(dir, &i)))
			if (n == strnlen(f->f_name, MAXNAMELEN)
			    && memcmp(f->f_name, path, n) == 0)
				break;
		if (!f)
			return NULL;
		path += n;
	}
	return f;
}

static void
list(const struct File *dir)
{
	struct File *f;

	for (uint32_t i = 0; (f = next_entry(dir, &i)); )
		printf("%9d %.*s%s\n", f->f_size, MAXNAMELEN, f->f_name,
			f->f_type == FTYPE_DIR ? "/" : "");
}

static void
copy(const struct File *f, FILE *to, const char *name)
{
	static const uint8_t zeros[BLKSIZE];
	uint32_t left = size_of(f);

	for (uint32_t i = 0; left > 0; i++) {
		uint32_t n = MIN(left, (uint32_t) BLKSIZE);
		const uint8_t *bytes = file_block(f, i);
		if (fwrite(bytes ? bytes : zeros, 1, n, to) != n)
			die("%s: %s", name, strerror(errno));
		left -= n;
	}
	if (fclose(to) != 0)
		die("%s: %s", name, strerror(errno));
}

int
main(int argc, char **argv)
{
	if (argc < 2 || argc > 4 || argv[1][0] == '-') {
		fprintf(stderr, "Usage: fsget fs.img [PATH [TO]]\n");
		return USAGE;
	}
	FILE *image = fopen(argv[1], "rb");
	if (!image)
		die("%s: %s", argv[1], strerror(errno));
	nblocks = read_image(image, argv[1]);

	struct Super *super = block(1);
	if (super->s_magic != FS_MAGIC)
		die("%s is no disk of JOS", argv[1]);

	const char *path = argc > 2 ? argv[2] : "/";
	struct File *f = find(&super->s_root, path);
	if (!f)
		die("there is no %s on %s", path, argv[1]);
	if (f->f_type == FTYPE_DIR) {
		list(f);
		return 0;
	}
	if (argc == 4 && strcmp(argv[3], "-") == 0) {
		copy(f, stdout, "standard output");
		return 0;
	}

	const char *slash = strrchr(path, '/');
	const char *name = argc > 3 ? argv[3] : slash ? slash + 1 : path;
	if (argc == 3 && access(name, F_OK) == 0)
		die("there is a file %s here: say where to put this one", name);
	FILE *to = fopen(name, "wb");
	if (!to)
		die("%s: %s", name, strerror(errno));
	copy(f, to, name);
	printf("%s: %u bytes\n", name, size_of(f));
	return 0;
}
