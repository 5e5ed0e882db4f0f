// fs/fs.c - the file system: free blocks, the blocks of a file, directories
// and paths.  inc/fs.h has the format of the disk.
//
// The functions below read and change the disk through the block cache
// (fs/bc.c): a struct File * points to a directory's entry in the cache.  The
// block with the entry is pinned by the function that finds it, as is the
// indirect block with a slot, so that no other block evicts them.
//
// The disk may hold anything.  The server panics only if the super block or the
// bitmap cannot be right; a bad number or name elsewhere is an error for the
// client that uses the file.
//
// Entry points:
//   fs_init, fs_sync			start; write everything back
//   block_is_free, alloc_block, free_block, flush_bitmap
//   file_open, file_create, file_remove
//   file_read, file_write, file_set_size, file_flush
//   file_get_block, file_lease_block	where a block of a file is in memory
//   file_write_named			what a file names goes to the disk first

#include <inc/lib.h>

#include <fs/fs.h>

struct Super *super;
uint32_t *bitmap;

static uint32_t first_free_hint;	// no block below this is free

// ---------------------------------------------------------------- blocks

static inline bool
bit_is_set(uint32_t blockno)
{
	return bitmap[blockno / 32] & 1u << blockno % 32;
}

// Is this block free?  Blocks behind the end of the disk are not.
bool
block_is_free(uint32_t blockno)
{
	return blockno < super->s_nblocks && bit_is_set(blockno);
}

// Can this block belong to a file?  To be asked for every block number that is
// read from the disk, before it is used.
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

// Move the hint to the first free block, or to the end of the disk.
static uint32_t
first_free(void)
{
	while (first_free_hint < super->s_nblocks
	       && !bit_is_set(first_free_hint))
		first_free_hint++;
	return first_free_hint;
}

// Allocate the first free block.  Returns its number, or -E_NO_DISK.  The
// bitmap is not written back here: fs/order.c does so before the block of a
// file or directory that refers to the new block.
int
alloc_block(void)
{
	for (uint32_t b = first_free(); b < super->s_nblocks; b++)
		if (block_is_free(b)) {
			bitmap[b / 32] &= ~(1u << b % 32);
			return b;
		}
	return -E_NO_DISK;
}

// Allocate a block and fill it with zeros.  Returns its number or an error.
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

// Write a block back if it is dirty.  Returns 0, or -E_UNSPECIFIED if the disk
// refuses it.
static int
write_back(void *block)
{
	flush_block(block);
	return va_is_dirty(block) ? -E_UNSPECIFIED : 0;
}

// Write the bitmap back.  Returns 0, or -E_UNSPECIFIED if the disk refuses it.
int
flush_bitmap(void)
{
	int result = 0;

	for (uint32_t b = 2; b < first_data_block(); b++)
		result |= write_back(diskaddr(b));
	return result;
}

// ------------------------------------------------------ blocks of a file

// Find the slot that holds the number of block filebno of f; the number is 0
// if f has no such block.  If the slot is in an indirect block that f does not
// have yet, alloc says whether to allocate one.  Returns 0 and sets *slot, or
// -E_NOT_FOUND (no indirect block, !alloc), -E_NO_DISK, -E_NO_MEM, or -E_INVAL
// (no file is so long).
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

// For fs/check.c, which calls it alone
int (*const checked_walk)(struct File *f, uint32_t filebno, uint32_t **slot,
	bool alloc) = file_block_walk;

// Pin the indirect block, if f has one and the number of block filebno is in
// it.  Returns 0, -E_INVAL (not a block for files), or an error of load_block.
static int
pin_indirect(struct File *f, uint32_t filebno)
{
	if (filebno < NDIRECT || f->f_indirect == 0)
		return 0;
	if (!block_is_data(f->f_indirect))
		return -E_INVAL;
	return pin_block(diskaddr(f->f_indirect));
}

// Find the slot for block filebno of f, as file_block_walk does without
// allocating, and pin the indirect block that it is in.
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

// Blocks released by a file that on the disk may still have them.  They are not
// free yet.
static uint32_t released[NDIRECT + NINDIRECT + 1];
static uint32_t nreleased;

// Release the block whose number is in *slot, unless no file can have it.
static void
release_block(uint32_t *slot)
{
	if (block_is_data(*slot))
		released[nreleased++] = *slot;
	*slot = 0;
}

// Write f back, then free the blocks that f has released.  If the disk refuses
// f, they stay in use.
static void
free_released(struct File *f)
{
	const bool done = file_flush(f) == 0;

	for (; nreleased > 0; nreleased--)
		if (done)
			free_block(released[nreleased - 1]);
	flush_bitmap();
}

// Set *blk to the address of block filebno of f, which is allocated, with
// zeros in it, if f does not have it yet.  The block may have to be loaded.
// Returns 0, -E_NO_DISK, -E_NO_MEM, or -E_INVAL.
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
	*blk = diskaddr(*slot);
	return 0;
}

// Set *blk to the address of block filebno of f, which may have to be loaded;
// or to NULL if f has no such block, which then reads as zeros.  Pins the
// indirect block.  Returns 0 or an error.
static int
file_find_block(struct File *f, uint32_t filebno, char **blk)
{
	uint32_t *slot;
	int r = file_slot(f, filebno, &slot);

	*blk = NULL;
	if (r == 0 && *slot != 0)
		return block_is_data(*slot) ? file_get_block(f, filebno, blk)
			: -E_INVAL;
	return r == -E_NOT_FOUND ? 0 : r;
}

// Load block filebno of f, and set *blk to its address; allocate the block if f
// does not have it yet.  Returns 0 or an error.
static int
file_make_block(struct File *f, uint32_t filebno, char **blk)
{
	const bool had_indirect = f->f_indirect != 0;
	int r = file_find_block(f, filebno, blk);

	if (r < 0)
		return r;
	if (*blk == NULL && (r = file_get_block(f, filebno, blk)) < 0) {
		if (!had_indirect) {	// a new indirect block is empty
			release_block(&f->f_indirect);
			free_released(f);
		}
		return r;
	}
	return load_block(*blk);
}

static uint32_t
blocks_of(off_t size)
{
	return ((uint32_t) size + BLKSIZE - 1) / BLKSIZE;
}

// Pin the blocks that file_truncate reads or changes.  A block that cannot be
// a file's, or that the disk cannot read, is no obstacle.  Returns 0 or
// -E_NO_MEM.
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

// Release the blocks of f that it does not need for `size` bytes; f has at
// least as many.  The rest of its last block is filled with zeros, which f
// shows if it grows again.
static void
file_truncate(struct File *f, off_t size)
{
	uint32_t nblocks = blocks_of(size);	// that f still needs
	uint32_t *slot;
	char *last;

	for (uint32_t i = nblocks; i < blocks_of(f->f_size); i++) {
		if (file_slot(f, i, &slot) < 0)
			break;			// there are no slots after it
		release_block(slot);
	}
	if (nblocks <= NDIRECT)
		release_block(&f->f_indirect);

	if (size % BLKSIZE == 0)
		return;
	file_find_block(f, nblocks - 1, &last);
	if (last && load_block(last) == 0)
		memset(last + size % BLKSIZE, 0, BLKSIZE - size % BLKSIZE);
}

// Make f this long.  Returns 0; or, with nothing changed, -E_INVAL if no file
// can be so long, or -E_NO_MEM.
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

// Is f's indirect block, if it has a possible one, in memory?
static bool
indirect_is_here(const struct File *f)
{
	return block_is_data(f->f_indirect)
		&& va_is_mapped(diskaddr(f->f_indirect));
}

// How many blocks of f, from filebno on and before end, are consecutive on the
// disk?  Sets *first to the number of the first.
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

// How many blocks of f, from filebno on, can be read by one transfer?
static uint32_t
file_run(struct File *f, uint32_t filebno, uint32_t *first)
{
	uint32_t end = MIN(blocks_of(f->f_size), filebno + RUN_BLOCKS);

	if (pin_indirect(f, end - 1) < 0)
		end = MIN(end, (uint32_t) NDIRECT);
	return run_length(f, filebno, end, first);
}

// Load block filebno of f, whose address is blk.  If the block before it is in
// memory, f is likely to be read sequentially, and the blocks after it are read
// ahead.
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

// Find block filebno of f, as file_find_block does, and load it if f has it.
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
// end of the file, or an error.  A block that f does not have reads as zeros,
// and is not allocated, so that reading works on a full disk.
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

// Write n bytes from offset on; f grows if it is too short.  Returns how many
// were written, fewer than n if the disk is full, f has its greatest size, or
// memory is short; or an error if none were.
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

// Write back f's blocks.  If the indirect block was evicted, the blocks whose
// numbers it holds are on the disk: fs/order.c writes them before it.
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

// Write all blocks that f refers to, and the bitmap, before f's own entry may
// be written.  Returns 0; or -E_UNSPECIFIED if the disk refused one, so that
// the entry must wait.  *contents is the result for f's data, on which the
// entry depends only if f is a directory.
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

// Write all blocks of f and its entry to the disk, in the order of fs/order.c.
// Returns 0; -E_NO_MEM, with nothing written; or -E_UNSPECIFIED if the disk
// refused a block.
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

// Set *entry to entry i of dir, whose block is allocated if dir has none there.
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

// Is name, which is shorter than MAXNAMELEN, the name of entry f?  The entry's
// name may have no NUL.
static bool
entry_is_named(struct File *f, const char *name)
{
	return f->f_name[0] == name[0]
		&& strncmp(f->f_name, name, MAXNAMELEN) == 0;
}

// Set *entry to dir's entry of this name.  Returns 0 or an error.  Entries are
// found even if another block of dir is missing or cannot be read.
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

// Set *entry to an unused entry of dir, which may grow for that (fs/order.c).
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
// one of load_block.  Only the block with *pf, or with *pdir, is pinned.
// If only the last component is missing, *pdir is set to the directory where it
// belongs and last (MAXNAMELEN bytes) to its name; otherwise *pdir is NULL.
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
// or an error of walk_path.
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

// Remove a file: its entry, which another file may use from now on, and its
// blocks.  Returns 0; or -E_NO_MEM, with nothing changed.
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

// Does the disk have all blocks that the super block says?  If not, only files
// with blocks behind its end are damaged.  Called before there is a bitmap, for
// bc_pgfault panics when a free block is read, and the last one may be free.
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

// Write everything to the disk.  Returns 0, or -E_UNSPECIFIED if the disk
// refused a block.
int
fs_sync(void)
{
	int result = order_settle() | flush_bitmap();

	result |= order_write_back(1, super->s_nblocks - 1);
	if (result < 0 || ide_flush() < 0)
		return -E_UNSPECIFIED;
	return state_set_clean();
}
