// tests/fuzz-fs.c - fs/fs.c on the host, on a disk in memory that holds
// nonsense, for libFuzzer: see fuzz-fs in fs/Makefrag.
//
// The input says which words of a good disk to change, and then what to ask
// of the file system.  It may answer with errors, and may refuse the disk when
// it starts.  It must neither panic later nor touch what is not its own.

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

// Instead of inc/lib.h and inc/types.h: types as large as on the target, and
// the little that fs.c wants of the library.
#define JOS_INC_LIB_H
#define JOS_INC_TYPES_H
#define off_t int32_t
#define ssize_t int32_t
#define size_t uint32_t
#define uintptr_t uint32_t
#define physaddr_t uint32_t

#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))
#define panic(...)	give_up(__VA_ARGS__)
#define assert(x)	((x) ? (void) 0 : give_up("assertion failed: " #x))
#define cprintf(...)	((void) 0)

enum { E_UNSPECIFIED = 1, E_INVAL = 3, E_NO_MEM = 4, E_NO_DISK = 9,
	E_NOT_FOUND = 11, E_BAD_PATH = 12, E_FILE_EXISTS = 13 };

static jmp_buf refused;
static bool starting;

static void give_up(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

static void
give_up(const char *fmt, ...)
{
	va_list ap;

	if (starting)
		longjmp(refused, 1);
	va_start(ap, fmt);
	fprintf(stderr, "panic: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	abort();
}

static char *
strfind(const char *s, char c)
{
	while (*s && *s != c)
		s++;
	return (char *) s;
}

#include <fs/fs.c>
#include <fs/order.c>

// ------------------------------------------------- instead of ide.c, bc.c

#define NBLOCKS		64

static char *disk;			// allocated anew for each input
static uint32_t bad_block;		// which cannot be read

bool ide_probe_disk1(void) { return true; }
void ide_set_disk(int drive) { (void) drive; }
void bc_init(void) { }
void cache_begin(void) { }
int ide_flush(void) { return 0; }
void state_begin(void) { }
int state_set_clean(void) { return 0; }

void *
diskaddr(uint32_t blockno)
{
	if (blockno == 0 || blockno >= NBLOCKS
	    || (super && blockno >= super->s_nblocks))
		panic("bad block number %08x in diskaddr", blockno);
	return disk + blockno * BLKSIZE;
}

int
load_block(void *addr)
{
	uint32_t blockno = (uint32_t) (((char *) addr - disk) / BLKSIZE);

	if (blockno == 0 || blockno >= NBLOCKS)
		panic("load_block of bad address");
	return blockno == bad_block ? -E_UNSPECIFIED : 0;
}

int
load_blocks(void *addr, uint32_t n)
{
	uint32_t blockno = (uint32_t) (((char *) addr - disk) / BLKSIZE);

	if (n == 0 || n > RUN_BLOCKS || n > NBLOCKS - blockno)
		panic("load_blocks: %u blocks", n);
	return load_block(addr);
}

uint32_t
block_at(const void *va)
{
	return (uint32_t) (((const char *) va - disk) / BLKSIZE);
}

int
flush_blocks(uint32_t blockno, uint32_t n)
{
	if (blockno == 0 || blockno >= NBLOCKS || n > NBLOCKS - blockno)
		panic("flush_blocks of bad blocks");
	return 0;
}

void
flush_block(void *addr)
{
	uint32_t blockno = (uint32_t) (((char *) addr - disk) / BLKSIZE);

	if (blockno == 0 || blockno >= NBLOCKS)
		panic("flush_block of bad address");
}

bool
va_is_mapped(const void *va)
{
	return ((const char *) va - disk) / BLKSIZE % 2 == 0;
}

// The disk takes everything at once.
bool
va_is_dirty(const void *va)
{
	(void) va;
	return false;
}

int
zero_block(uint32_t blockno)
{
	memset(diskaddr(blockno), 0, BLKSIZE);
	return 0;
}

// ------------------------------------------------------------------- input

static const uint8_t *input, *input_end;

// The next n bytes as a number; zeros at the end.
static uint32_t
next(int n)
{
	uint32_t value = 0;

	for (; n > 0; n--)
		value = value << 8 | (input < input_end ? *input++ : 0);
	return value;
}

// -------------------------------------------------------------------- disk
// Blocks: 3 the root, 4 directory /d, 5 and 6 file /a, 7 the indirect block
// of /b, 8 to 19 its data, 20 file /d/c.

static void
add_file(uint32_t dir, uint32_t i, const char *name, uint32_t type,
	uint32_t first, uint32_t n)
{
	struct File *f = (struct File *) (disk + dir * BLKSIZE) + i;

	strcpy(f->f_name, name);
	f->f_type = type;
	f->f_size = (int32_t) (n * BLKSIZE);
	for (uint32_t b = 0; b < n && b < NDIRECT; b++)
		f->f_direct[b] = first + b;
	if (n > NDIRECT) {
		f->f_indirect = first - 1;
		uint32_t *numbers = (uint32_t *) (disk + (first - 1) * BLKSIZE);
		for (uint32_t b = NDIRECT; b < n; b++)
			numbers[b - NDIRECT] = first + b;
	}
}

static void
make_disk(void)
{
	struct Super *s = (struct Super *) (disk + BLKSIZE);
	uint32_t *map = (uint32_t *) (disk + 2 * BLKSIZE);

	s->s_magic = FS_MAGIC;
	s->s_nblocks = NBLOCKS;
	strcpy(s->s_root.f_name, "/");
	s->s_root.f_type = FTYPE_DIR;
	s->s_root.f_size = BLKSIZE;
	s->s_root.f_direct[0] = 3;
	add_file(3, 0, "d", FTYPE_DIR, 4, 1);
	add_file(3, 1, "a", FTYPE_REG, 5, 2);
	add_file(3, 2, "b", FTYPE_REG, 8, 12);
	add_file(4, 0, "c", FTYPE_REG, 20, 1);
	for (uint32_t b = 21; b < NBLOCKS; b++)
		map[b / 32] |= 1u << b % 32;
}

// Change words of what is not contents, among the first 256 of the block:
// there are four entries, and all else that counts.
static void
damage_disk(void)
{
	static const uint8_t meta[] = { 1, 2, 3, 3, 4, 7 };

	for (uint32_t n = next(1) % 32; n > 0; n--) {
		uint32_t block = meta[next(1) % sizeof(meta)];
		uint32_t word = next(1);
		uint32_t value = next(1);
		if (value >= 0xF0)
			value = next(4);
		else if (value >= 0xC0)
			value = 1u << value % 32;
		memcpy(disk + block * BLKSIZE + word * 4, &value, 4);
	}
	bad_block = next(1);
}

// ---------------------------------------------------------------- requests

static const char *const paths[] = {
	"/a", "/b", "/d", "/d/c", "/", "", "/new", "/d/new", "/a/x", "//d//c",
	"/d/d/d/d/c", "/nosuch/x"
};

// As fs/serv.c does it: what is open, and how directories are kept.
#define NOPEN 4
static struct File *open_files[NOPEN];

static void
remove_file(const char *path)
{
	struct File *f;

	if (file_open(path, &f) < 0 || f->f_type == FTYPE_DIR)
		return;
	for (int i = 0; i < NOPEN; i++)
		if (open_files[i] == f)
			open_files[i] = NULL;
	file_remove(f);
}

static void
one_request(void)
{
	static const char zeros[BLKSIZE];
	char buf[BLKSIZE];
	uint32_t op = next(1);
	struct File **slot = &open_files[next(1) % NOPEN];
	const char *path = paths[next(1) % (sizeof(paths) / sizeof(*paths))];
	struct File *f = *slot;
	bool possible = f && size_is_possible(f);
	int32_t r;

	switch (op % 8) {
	case 0:
		if (file_open(path, slot) < 0)
			*slot = NULL;
		else if (!size_is_possible(*slot))
			panic("file_open: size %d", (*slot)->f_size);
		return;
	case 1:
		if (file_create(path, slot) < 0)
			*slot = NULL;
		return;
	case 2:
		remove_file(path);
		return;
	case 3:
		fs_sync();
		return;
	}
	if (!f)
		return;
	switch (op % 8) {
	case 4:
		r = file_read(f, buf, next(2) % (BLKSIZE + 1),
			(int32_t) next(4));
		if (r > BLKSIZE)
			panic("file_read: %d", r);
		break;
	case 5:
		if (f->f_type != FTYPE_DIR)
			file_write(f, zeros, next(2) % (BLKSIZE + 1),
				(int32_t) next(4) >> 8);
		break;
	case 6:
		if (f->f_type != FTYPE_DIR)
			file_set_size(f, (int32_t) next(4) >> 8);
		break;
	case 7:
		file_flush(f);
		break;
	}
	if (possible && !size_is_possible(f))
		panic("request %u: size %d", op % 8, f->f_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, unsigned long size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, unsigned long size)
{
	input = data;
	input_end = data + size;
	disk = calloc(NBLOCKS, BLKSIZE);
	make_disk();
	damage_disk();
	super = NULL;
	bitmap = NULL;
	memset(open_files, 0, sizeof(open_files));
	ngrowing = 0;
	changing = NULL;

	starting = true;
	if (setjmp(refused) == 0) {
		fs_init();
		// One that large cannot be read to its end.
		if (super->s_nblocks > NBLOCKS)
			panic("the image is short");
		starting = false;
		while (input < input_end)
			one_request();
	}
	free(disk);
	return 0;
}
