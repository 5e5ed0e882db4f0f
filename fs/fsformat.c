// fs/fsformat.c - makes a disk image with the given files in its root
// directory.  Runs on the host:
//
//	fsformat fs.img NBLOCKS files...
//	fsformat fs.img NBLOCKS+ files...	NBLOCKS or more, so that at
//						least NBLOCKS / 4 blocks are
//						free
//
// The image is made in memory and written at the end, so that an error does
// not leave a partial image.  Its contents depend only on the arguments and the
// bytes of the files.  inc/fs.h has the format.  Blocks are used in this order:
// super block, bitmap, the files as given, root directory.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FAILED = 1, USAGE = 2 };

#define PROGRAM	"fsformat"
#include <fs/image.h>

static uint32_t next_block;		// the first free block
static struct File *entries;		// root directory, room for all files
static unsigned nentries;

// Allocate the next n blocks for file `name` of size bytes.  Returns the number
// of the first.
static uint32_t
take_blocks(uint32_t n, const char *name, uint32_t size)
{
	uint32_t first = next_block, left = nblocks - next_block;

	if (n > left)
		die("the disk is full: %s has %u bytes, and of %u blocks of %u "
			"bytes %u are left; give it more blocks", name, size,
			nblocks, BLKSIZE, left);
	next_block += n;
	return first;
}

// Set f's size, and its block numbers, of which the first is `first`.
static void
set_contents(struct File *f, uint32_t first, uint32_t size)
{
	uint32_t n = blocks_of(size);

	f->f_size = (int32_t) size;
	for (uint32_t i = 0; i < n && i < NDIRECT; i++)
		f->f_direct[i] = first + i;
	if (n > NDIRECT) {
		f->f_indirect = take_blocks(1, f->f_name, size);
		uint32_t *numbers = block(f->f_indirect);
		for (uint32_t i = NDIRECT; i < n; i++)
			numbers[i - NDIRECT] = first + i;
	}
}

// Add an entry to the root directory.
static struct File *
add_entry(const char *name)
{
	if (strlen(name) >= MAXNAMELEN)
		die("%s: name is too long", name);
	for (unsigned i = 0; i < nentries; i++)
		if (strcmp(entries[i].f_name, name) == 0)
			die("%s: two files of that name", name);

	struct File *f = &entries[nentries++];
	strcpy(f->f_name, name);
	f->f_type = FTYPE_REG;
	return f;
}

static void
read_all(int fd, uint8_t *buf, size_t n)
{
	while (n > 0) {
		ssize_t r = read(fd, buf, n);
		if (r < 0)
			die("read: %s", strerror(errno));
		if (r == 0)
			die("read: Unexpected EOF");
		buf += r;
		n -= (size_t) r;
	}
}

// The size of a file on the host, which must not be too large for JOS.
static uint32_t
size_of(const char *path, const struct stat *st)
{
	if (st->st_size > MAXFILESIZE)
		die("%s has %lld bytes, and a file has at most %d", path,
			(long long) st->st_size, MAXFILESIZE);
	return (uint32_t) st->st_size;
}

static void
add_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct File *f = add_entry(slash ? slash + 1 : path);
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die("open %s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0)
		die("stat %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		die("%s is not a regular file", path);
	uint32_t size = size_of(path, &st);
	uint32_t first = take_blocks(blocks_of(size), path, size);
	read_all(fd, block(first), size);
	set_contents(f, first, size);
	close(fd);
}

// How many blocks a file of size bytes takes, its indirect block included.
static uint32_t
footprint(uint32_t size)
{
	uint32_t n = blocks_of(size);
	return n + (n > NDIRECT);
}

// How many blocks a disk needs for these files and least / 4 free blocks; at
// least `least`.
static uint32_t
grown(uint32_t least, int nfiles, char **files)
{
	uint64_t need = least / 4
		+ footprint((uint32_t) nfiles * sizeof(struct File));

	for (int i = 0; i < nfiles; i++) {
		struct stat st;
		if (stat(files[i], &st) == 0)	// else add_file reports it
			need += footprint(size_of(files[i], &st));
	}
	need += first_data_block((uint32_t) MIN(need, MAXBLOCKS));
	return (uint32_t) MIN(MAX(need, least), MAXBLOCKS);
}

// Allocate the image, and reserve the super block and the bitmap; finish_disk
// fills them.
static void
begin_disk(unsigned nfiles)
{
	if (nfiles > MAXFILESIZE / sizeof(struct File))
		die("%u files are more than a directory can have", nfiles);
	disk = calloc(nblocks, BLKSIZE);
	entries = calloc(nfiles + 1, sizeof(struct File));
	if (!disk || !entries)
		die("out of memory");
	next_block = first_data_block(nblocks);
	if (next_block > nblocks)
		die("%u blocks are too few for a disk", nblocks);
}

static void
finish_disk(void)
{
	uint32_t size = nentries * sizeof(struct File);
	uint32_t ndirblocks = blocks_of(size);
	uint32_t dir = take_blocks(ndirblocks, "the root directory", size);
	memcpy(block(dir), entries, size);

	struct Super *super = block(1);
	super->s_magic = FS_MAGIC;
	super->s_nblocks = nblocks;
	super->s_root.f_type = FTYPE_DIR;
	strcpy(super->s_root.f_name, "/");
	set_contents(&super->s_root, dir, ndirblocks * BLKSIZE);

	// Bits beyond the disk, up to the end of the bitmap's last block, are
	// set, too
	uint32_t *bitmap = block(2);
	uint32_t nbits = (first_data_block(nblocks) - 2) * BLKBITSIZE;
	for (uint32_t i = next_block; i < nbits; i++)
		bitmap[i / 32] |= 1u << i % 32;
}

static void
write_disk(const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		die("open %s: %s", path, strerror(errno));
	if (fwrite(disk, BLKSIZE, nblocks, f) != nblocks || fclose(f) != 0)
		die("write %s: %s", path, strerror(errno));
}

int
main(int argc, char **argv)
{
	char *end = "?";
	long n = argc >= 3 ? strtol(argv[2], &end, 0) : 0;
	bool grows = strcmp(end, "+") == 0;

	if ((*end && !grows) || n < 2 || n > (long) MAXBLOCKS) {
		fprintf(stderr, "Usage: fsformat fs.img NBLOCKS[+] files...\n");
		return USAGE;
	}
	nblocks = (uint32_t) n;
	if (grows)
		nblocks = grown(nblocks, argc - 3, argv + 3);

	begin_disk((unsigned) argc - 3);
	for (int i = 3; i < argc; i++)
		add_file(argv[i]);
	finish_disk();
	write_disk(argv[1]);
	return 0;
}
