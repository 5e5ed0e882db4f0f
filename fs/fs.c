// fs/fs.c - the file system: free blocks, the blocks of a file, directories
// and paths.  inc/fs.h has the format of the disk.
//
// Everything here works on the disk as memory (fs/bc.c): a struct File * is
// an entry of a directory in the cache, and stays good while the file does.
// Its block is pinned by whoever finds it, as is the indirect block with a
// slot: loading another block does not take them away.
//
// The disk may hold nonsense.  Only a super block or a bitmap that cannot be
// right stops us; a bad number or name elsewhere is an error of the file
// that it belongs to.
//
// Entry points:
//   fs_init, fs_sync			begin; write everything back
//   block_is_free, alloc_block, free_block, flush_bitmap
//   file_open, file_create, file_remove
//   file_read, file_write, file_set_size, file_flush
//   file_get_block, file_lease_block	where a block of a file is in memory

#include <inc/lib.h>

#include <fs/fs.h>

struct Super *super;
uint32_t *bitmap;

static uint32_t first_free_hint;	// no block below this one is free

// ---------------------------------------------------------------- blocks

static inline bool
bit_is_set(uint32_t blockno)
{
	return bitmap[blockno / 32] & 1u << blockno % 32;
}

// false also for blocks that the disk does not have.
bool
block_is_free(uint32_t blockno)
{
	return blockno < super->s_nblocks && bit_is_set(blockno);
}

// Could this block belong to a file?  Every block number that comes from the
// disk is asked this before it is used.
static bool
block_is_data(uint32_t blockno)
{
	return blockno >= first_data_block() && blockno < super->s_nblocks
		&& !bit_is_set(blockno);
}

void
free_block(uint32_t blockno)
{
	if (blockno == 0)
		panic("attempt to free zero block");
	assert(blockno < super->s_nblocks);
	bitmap[blockno / 32] |= 1u << blockno % 32;
	first_free_hint = MIN(first_free_hint, blockno);
}

// Take the first free block.  Returns its number, or -E_NO_DISK.
//
// On the disk, a block must not belong to a file while it still counts as free:
// what names a block waits for the bitmap (fs/order.c).
int
alloc_block(void)
{
	uint32_t b;

	for (b = first_free_hint; b < super->s_nblocks; b++)
		if (block_is_free(b)) {
			bitmap[b / 32] &= ~(1u << b % 32);
			break;
		}
	first_free_hint = b;
	return b < super->s_nblocks ? (int) b : -E_NO_DISK;
}

// The same, with all bytes of the block 0, whatever it held before.
static int
alloc_zeroed_block(void)
{
	int b = alloc_block();
	int r;

	if (b > 0 && (r = zero_block(b)) < 0) {
		free_block(b);
		return r;
	}
	return b;
}

// Returns 0, or -E_UNSPECIFIED if the disk does not take the block.
static int
write_back(void *block)
{
	flush_block(block);
	return va_is_dirty(block) ? -E_UNSPECIFIED : 0;
}

// The same for the bitmap.
int
flush_bitmap(void)
{
	int result = 0;

	for (uint32_t b = 2; b < first_data_block(); b++)
		result |= write_back(diskaddr(b));
	return result;
}

// ------------------------------------------------------ blocks of a file

// Find the place that holds the number of block filebno of f, which is 0 if
// that block is not there.  If the place is in an indirect block that is not
// there either, alloc says whether to make one.
// Returns 0 and sets *slot, or -E_NOT_FOUND (no indirect block, !alloc),
// -E_NO_DISK, -E_NO_MEM, or -E_INVAL (no file is so long).
static int
file_block_walk(struct File *f, uint32_t filebno, uint32_t **slot, bool alloc)
{
	if (filebno < NDIRECT) {
		*slot = &f->f_direct[filebno];
		return 0;
	}
	if (filebno >= NDIRECT + NINDIRECT)
		return -E_INVAL;

	if (f->f_indirect == 0) {
		if (!alloc)
			return -E_NOT_FOUND;
		int b = alloc_zeroed_block();
		if (b < 0)
			return b;
		f->f_indirect = b;
	}
	uint32_t *numbers = diskaddr(f->f_indirect);
	*slot = &numbers[filebno - NDIRECT];
	return 0;
}

// Pin the indirect block, if f has one and the number of block filebno is in
// it.  Returns 0, -E_INVAL (the disk holds nonsense), or what load_block says.
static int
pin_indirect(struct File *f, uint32_t filebno)
{
	if (filebno < NDIRECT || f->f_indirect == 0)
		return 0;
	if (!block_is_data(f->f_indirect))
		return -E_INVAL;
	return pin_block(diskaddr(f->f_indirect));
}

// As file_block_walk, without making anything, and *slot is in memory.
static inline int
file_slot(struct File *f, uint32_t filebno, uint32_t **slot)
{
	int r;

	if (filebno < NDIRECT)
		return file_block_walk(f, filebno, slot, false);
	if (f->f_indirect != 0 && !block_is_data(f->f_indirect))
		return -E_INVAL;
	if ((r = file_block_walk(f, filebno, slot, false)) < 0)
		return r;
	return pin_block(*slot);
}

// Blocks that a file gave up, and that are not free yet: on the disk it may
// still name them.
static uint32_t released[NDIRECT + NINDIRECT + 1];
static uint32_t nreleased;

// Give up the block at *slot.  A number that makes no sense is dropped.
static void
release_block(uint32_t *slot)
{
	if (block_is_data(*slot))
		released[nreleased++] = *slot;
	*slot = 0;
}

// What f gave up is free as soon as it is on the disk that f did so.  If the
// disk does not take that, it stays in use.
static void
free_released(struct File *f)
{
	const bool done = file_flush(f) == 0;

	for (; nreleased > 0; nreleased--)
		if (done)
			free_block(released[nreleased - 1]);
	flush_bitmap();
}

// Set *blk to where block filebno of f has its place in memory; a block that
// is not there is made, full of zeros.  Returns 0, -E_NO_DISK, -E_NO_MEM, or
// -E_INVAL.
int
file_get_block(struct File *f, uint32_t filebno, char **blk)
{
	uint32_t *slot;
	int r;

	if ((r = file_block_walk(f, filebno, &slot, true)) < 0)
		return r;
	if (*slot == 0) {
		if ((r = alloc_zeroed_block()) < 0)
			return r;
		*slot = r;
	}
	if (!block_is_data(*slot))
		return -E_INVAL;
	*blk = diskaddr(*slot);
	return 0;
}

// As file_get_block, and the block is in memory.  Or what load_block says.
static int
file_make_block(struct File *f, uint32_t filebno, char **blk)
{
	const bool had_indirect = f->f_indirect != 0;
	int r = pin_indirect(f, filebno);

	if (r < 0)
		return r;
	if ((r = file_get_block(f, filebno, blk)) == 0)
		return load_block(*blk);
	if (!had_indirect) {
		release_block(&f->f_indirect);		// it names nothing
		free_released(f);
	}
	return r;
}

// Set *blk to where block filebno of f is in memory, or to NULL if it is not
// there, which means that it is full of zeros.  Whether the disk can read it is
// for load_block to tell.  Returns 0 or an error.
static int
file_find_block(struct File *f, uint32_t filebno, char **blk)
{
	uint32_t *slot;
	int r = file_slot(f, filebno, &slot);

	*blk = NULL;
	if (r == 0 && *slot != 0)
		return file_get_block(f, filebno, blk);
	return r == -E_NOT_FOUND ? 0 : r;
}

static uint32_t
blocks_of(off_t size)
{
	return ((uint32_t) size + BLKSIZE - 1) / BLKSIZE;
}

// Pin what file_truncate needs.  What the disk holds no sense in, or cannot
// read, does not stop that.  Returns 0 or -E_NO_MEM.
static int
pin_for_truncate(struct File *f, off_t size)
{
	char *last = NULL;
	int r = pin_indirect(f, NDIRECT);

	if (r != -E_NO_MEM && size <= f->f_size && size % BLKSIZE != 0)
		r = file_find_block(f, blocks_of(size) - 1, &last);
	if (last)
		r = pin_block(last);
	return r == -E_NO_MEM ? r : 0;
}

// Give back what f, of size bytes or more, does not need for size bytes.  The
// rest of its last block becomes 0, so that it is not seen if f grows again.
static void
file_truncate(struct File *f, off_t size)
{
	uint32_t keep = blocks_of(size);
	uint32_t *slot;
	char *last;

	for (uint32_t i = keep; i < blocks_of(f->f_size); i++) {
		if (file_slot(f, i, &slot) < 0)
			break;			// nor will those after it
		release_block(slot);
	}
	if (keep <= NDIRECT)
		release_block(&f->f_indirect);

	if (size % BLKSIZE == 0)
		return;
	file_find_block(f, keep - 1, &last);
	if (last && load_block(last) == 0)
		memset(last + size % BLKSIZE, 0, BLKSIZE - size % BLKSIZE);
}

// Returns 0; or, with nothing changed, -E_INVAL if no file can have that size,
// or -E_NO_MEM.
int
file_set_size(struct File *f, off_t size)
{
	int r;

	if (size < 0 || size > MAXFILESIZE)
		return -E_INVAL;
	if ((r = pin_for_truncate(f, size)) < 0)
		return r;
	if (size <= f->f_size)
		file_truncate(f, size);
	f->f_size = size;
	free_released(f);
	return 0;
}

// Is all of f in memory that holds the numbers of its blocks?
static bool
indirect_is_here(const struct File *f)
{
	return block_is_data(f->f_indirect)
		&& va_is_mapped(diskaddr(f->f_indirect));
}

// How many blocks of f, from filebno to before end, follow each other on the
// disk?  Sets *first to the first one's number.
static uint32_t
run_length(struct File *f, uint32_t filebno, uint32_t end, uint32_t *first)
{
	uint32_t *slot, n;

	for (n = 0; filebno + n < end; n++) {
		if (file_block_walk(f, filebno + n, &slot, false) < 0)
			break;
		if (n == 0)
			*first = *slot;
		if (!block_is_data(*slot) || *slot != *first + n)
			break;
	}
	return n;
}

// The same as far as one transfer goes.
static uint32_t
file_run(struct File *f, uint32_t filebno, uint32_t *first)
{
	uint32_t end = MIN(blocks_of(f->f_size), filebno + RUN_BLOCKS);

	if (pin_indirect(f, end - 1) < 0)
		end = MIN(end, (uint32_t) NDIRECT);
	return run_length(f, filebno, end, first);
}

// Have block filebno of f in memory, which lives at blk.  If the one before it
// is there, f is likely being read from one end to the other: then what follows
// comes with it.
static int
load_ahead(struct File *f, uint32_t filebno, char *blk)
{
	uint32_t number, n = 1;
	char *before = NULL;

	if (filebno > 0)
		file_find_block(f, filebno - 1, &before);
	if (filebno == 0 || (before && va_is_mapped(before)))
		n = file_run(f, filebno, &number);
	return load_blocks(blk, n);
}

// As file_find_block, but if the block is there, it is in memory.
static int
file_load_block(struct File *f, uint32_t filebno, char **blk)
{
	int r = file_find_block(f, filebno, blk);

	if (r == 0 && *blk && !va_is_mapped(*blk))
		r = load_ahead(f, filebno, *blk);
	return r;
}

// Load block filebno of f for a lease, and set *blk to its page.  Returns how
// many bytes of f are in that block; 0 if f ends before it, or has a hole
// there; or an error.
int
file_lease_block(struct File *f, uint32_t filebno, char **blk)
{
	int r;

	if (filebno >= blocks_of(f->f_size))
		return 0;
	if ((r = file_load_block(f, filebno, blk)) < 0 || !*blk)
		return r;
	return MIN(BLKSIZE, f->f_size - (off_t) filebno * BLKSIZE);
}

// Read up to n bytes from offset on.  Returns how many there were, 0 at the
// end of the file.  A block that is not there is not made, so that reading
// works on a full disk too.
ssize_t
file_read(struct File *f, void *buf, size_t n, off_t offset)
{
	if (offset < 0)
		return -E_INVAL;
	if (offset >= f->f_size)
		return 0;
	n = MIN(n, (size_t) (f->f_size - offset));

	size_t count;
	for (size_t done = 0; done < n; done += count) {
		uint32_t pos = offset + done;
		char *blk;
		int r = file_load_block(f, pos / BLKSIZE, &blk);
		if (r < 0)
			return done > 0 ? (ssize_t) done : r;
		count = MIN(BLKSIZE - pos % BLKSIZE, n - done);
		if (blk)
			memmove(buf + done, blk + pos % BLKSIZE, count);
		else
			memset(buf + done, 0, count);
	}
	return n;
}

static ssize_t
write_blocks(struct File *f, const void *buf, size_t n, off_t offset)
{
	size_t count;

	for (size_t done = 0; done < n; done += count) {
		uint32_t pos = offset + done;
		char *blk;
		int r = file_make_block(f, pos / BLKSIZE, &blk);
		if (r < 0)
			return done > 0 ? (ssize_t) done : r;
		count = MIN(BLKSIZE - pos % BLKSIZE, n - done);
		memmove(blk + pos % BLKSIZE, buf + done, count);
		f->f_size = MAX((uint32_t) f->f_size, pos + count);
	}
	return n;
}

// Write n bytes from offset on, making the file longer if need be.  Returns
// how many were written: fewer than n where file or disk are full, or
// -E_INVAL or -E_NO_DISK if not one.
ssize_t
file_write(struct File *f, const void *buf, size_t n, off_t offset)
{
	ssize_t r;

	if (offset < 0)
		return -E_INVAL;
	if ((r = order_begin(f)) < 0)
		return r;
	r = write_blocks(f, buf, n, offset);
	order_end();
	return r;
}

static bool
is_dir(const struct File *f)
{
	return f->f_type == FTYPE_DIR && f->f_size % BLKSIZE == 0;
}

// Write back f's blocks.  Those behind an indirect block that is not in memory
// have been named on the disk.
static int
write_data(struct File *f)
{
	const uint32_t end = indirect_is_here(f) ? blocks_of(f->f_size)
		: MIN(blocks_of(f->f_size), (uint32_t) NDIRECT);
	uint32_t first, n;
	int result = 0;

	for (uint32_t i = 0; i < end; i += MAX(n, 1u)) {
		n = run_length(f, i, MIN(end, i + RUN_BLOCKS), &first);
		if (n > 0)
			result |= order_write_back(first, n);
	}
	return result;
}

// Have all on the disk that f names.  Returns 0, or -E_UNSPECIFIED if not all
// of it is there: then f's entry must wait.  It need not wait for contents that
// the disk does not take, which *contents tells; but those of a directory are
// names.
int
file_write_named(struct File *f, int *contents)
{
	int result = flush_bitmap();

	*contents = write_data(f);
	if (is_dir(f))
		result |= *contents;
	if (result < 0 || ide_flush() < 0)
		return -E_UNSPECIFIED;
	if (block_is_data(f->f_indirect))
		result = write_back(diskaddr(f->f_indirect));
	return result < 0 || ide_flush() < 0 ? -E_UNSPECIFIED : 0;
}

// Have all that belongs to f on the disk, in the order of fs/order.c.  Returns
// 0; -E_NO_MEM, with nothing written; or -E_UNSPECIFIED if the disk does not
// take all of it.
int
file_flush(struct File *f)
{
	int r = pin_indirect(f, NDIRECT), contents;

	if (r == -E_NO_MEM)
		return r;
	if ((r = order_begin(f)) < 0)
		return r;
	order_settle();			// other files
	r = file_write_named(f, &contents);
	order_end();
	if (r < 0)
		return r;
	order_done(f);
	r = order_write_back(block_at(f), 1) | contents;
	return r | ide_flush() ? -E_UNSPECIFIED : 0;
}

// ------------------------------------------------------------ directories

// Set *entry to entry i of dir.
static int
dir_entry(struct File *dir, uint32_t i, struct File **entry)
{
	char *blk;
	int r = file_make_block(dir, i / BLKFILES, &blk);

	if (r == 0)
		*entry = (struct File *) blk + i % BLKFILES;
	return r;
}

static uint32_t
dir_nentries(struct File *dir)
{
	return dir->f_size / BLKSIZE * BLKFILES;
}

// Is name, which is shorter than MAXNAMELEN, the name of entry f?
// The one on the disk may lack its NUL.
static bool
entry_is_named(struct File *f, const char *name)
{
	return f->f_name[0] == name[0]
		&& strncmp(f->f_name, name, MAXNAMELEN) == 0;
}

// Where a block of dir is not there or cannot be had, the entries in the others
// are still found.
static int
dir_lookup(struct File *dir, const char *name, struct File **entry)
{
	int result = -E_NOT_FOUND;

	for (uint32_t b = 0; b < blocks_of(dir->f_size); b++) {
		char *blk;
		int r = file_find_block(dir, b, &blk);
		if (r == 0 && blk)
			r = load_block(blk);
		if (r < 0)
			result = r;
		if (r < 0 || !blk)
			continue;
		*entry = (struct File *) blk;
		for (uint32_t i = 0; i < BLKFILES; i++, (*entry)++)
			if (entry_is_named(*entry, name))
				return 0;
	}
	return result;
}

// Set *entry to an unused entry of dir, which grows if it has none, and pin it.
static int
find_unused(struct File *dir, struct File **entry)
{
	uint32_t n = dir_nentries(dir);
	int r;

	for (uint32_t i = 0; i < n; i++) {
		if ((r = dir_entry(dir, i, entry)) < 0)
			return r;
		if ((*entry)->f_name[0] == '\0')
			return pin_block(*entry);
	}
	if ((r = dir_entry(dir, n, entry)) < 0
	    || (r = pin_block(*entry)) < 0)
		return r;
	dir->f_size += BLKSIZE;
	return 0;
}

// Set *entry to an unused entry of dir, which counts as growing from now on.
static int
dir_alloc_file(struct File *dir, struct File **entry)
{
	int r = order_begin(dir);

	if (r < 0)
		return r;
	r = find_unused(dir, entry);
	order_end();
	return r;
}

static bool
size_is_possible(const struct File *f)
{
	return f->f_size >= 0 && f->f_size <= MAXFILESIZE;
}

// ------------------------------------------------------------------ paths

// Copy the first component of path to name, which has room for MAXNAMELEN
// bytes.  Returns what follows it and its slashes, or NULL if it is too long.
static const char *
next_component(const char *path, char *name)
{
	const char *end = strfind(path, '/');

	if (end - path >= MAXNAMELEN)
		return NULL;
	memmove(name, path, end - path);
	name[end - path] = '\0';
	while (*end == '/')
		end++;
	return end;
}

// Follow path from the root.  Leading slashes change nothing.
// Returns 0 and sets *pf; or an error: -E_BAD_PATH, -E_INVAL, -E_NOT_FOUND, or
// what load_block says.  Only the block with *pf, or with *pdir, is pinned.
// If nothing but the last component is missing, *pdir is set to the directory
// where it belongs and last (MAXNAMELEN bytes) to its name; otherwise *pdir
// is NULL.
static int
walk_path(const char *path, struct File **pdir, struct File **pf, char *last)
{
	struct File *f = &super->s_root;
	int r;

	*pdir = NULL;
	while (*path == '/')
		path++;
	while (*path) {
		struct File *dir = f;
		if (!is_dir(dir))
			return -E_NOT_FOUND;
		if (!(path = next_component(path, last)))
			return -E_BAD_PATH;
		if ((r = dir_lookup(dir, last, &f)) < 0) {
			if (r == -E_NOT_FOUND && *path == '\0')
				*pdir = dir;
			return r;
		}
		unpin_blocks();			// those of dir
		if ((r = pin_block(f)) < 0)
			return r;
		if (!size_is_possible(f))
			return -E_INVAL;
	}
	*pf = f;
	return 0;
}

int
file_open(const char *path, struct File **pf)
{
	char name[MAXNAMELEN];
	struct File *dir;

	return walk_path(path, &dir, pf, name);
}

// Make an empty file.  Returns 0 and sets *pf; or -E_FILE_EXISTS, -E_NO_DISK
// or what walk_path says.
int
file_create(const char *path, struct File **pf)
{
	char name[MAXNAMELEN];
	struct File *dir, *f;
	int r = walk_path(path, &dir, &f, name);

	if (r == 0)
		return -E_FILE_EXISTS;
	if (!dir)
		return r;
	if ((r = dir_alloc_file(dir, &f)) < 0)
		return r;
	memset(f, 0, sizeof(*f));
	strcpy(f->f_name, name);
	f->f_type = FTYPE_REG;
	file_flush(dir);
	*pf = f;
	return 0;
}

// Its entry may be another file's from now on.  On the disk it is there, or
// not: its blocks go with its name.  Returns 0; or -E_NO_MEM, nothing changed.
int
file_remove(struct File *f)
{
	int r = pin_for_truncate(f, 0);

	if (r < 0)
		return r;
	file_truncate(f, 0);
	memset(f, 0, sizeof(*f));
	free_released(f);
	return 0;
}

// ------------------------------------------------------------ beginning

static void
check_super(void)
{
	if (super->s_magic != FS_MAGIC)
		panic("bad file system magic number");
	if (super->s_nblocks > DISKSIZE / BLKSIZE)
		panic("file system is too large");
	if (super->s_nblocks <= 2)
		panic("file system is too small");
	if (!is_dir(&super->s_root) || !size_is_possible(&super->s_root))
		panic("file system has no root directory");
	cprintf("superblock is good\n");
}

// Before there is a bitmap, for the last block may be free.  The server goes
// on: only what lies behind the end is lost.
static void
check_end(void)
{
	uint32_t last = super->s_nblocks - 1;

	if (load_block(diskaddr(last)) < 0)
		cprintf("The disk ends before block %u, its last one, "
			"or cannot read it\n", last);
	else
		cache_page_free(diskaddr(last));
}

// Load the bitmap, which then stays in memory.  Blocks that are not for files
// must not be free in it.
static void
load_bitmap(void)
{
	for (uint32_t b = 2; b < first_data_block(); b++)
		if (load_block(diskaddr(b)) < 0)
			panic("file system's bitmap cannot be read");
	bitmap = diskaddr(2);
	for (uint32_t b = 0; b < first_data_block(); b++)
		if (block_is_free(b))
			panic("bad bitmap: block %08x is free", b);
	cprintf("bitmap is good\n");
}

// Use the second drive if there is one, the first otherwise.
void
fs_init(void)
{
	const bool second = ide_probe_disk1();

	if (!second)
		cprintf("No second disk: the files have to be on the first\n");
	ide_set_disk(second ? 1 : 0);
	if (load_block(diskaddr(1)) < 0)
		panic("file system's super block cannot be read");
	bc_init();

	super = diskaddr(1);
	check_super();
	check_end();
	load_bitmap();
	first_free_hint = 0;
	nreleased = 0;
	cache_begin();
	state_begin();
}

// Returns 0, or -E_UNSPECIFIED if the disk does not take all of it.
int
fs_sync(void)
{
	int result = order_settle() | flush_bitmap();

	result |= order_write_back(1, super->s_nblocks - 1);
	if (result < 0 || ide_flush() < 0)
		return -E_UNSPECIFIED;
	return state_in_order();
}
