// fs/fs.c - the file system: free blocks, the blocks of a file, directories
// and paths.  inc/fs.h has the format of the disk.
//
// The functions below read and change the disk through the block cache
// (fs/bc.c): a struct File * points to a directory's entry in the cache.
//
// Entry points:
//   fs_init, fs_sync			start; write everything back
//   block_is_free, alloc_block, free_block
//   file_open, file_create
//   file_read, file_write, file_set_size, file_flush
//   file_get_block			where a block of a file is in memory

bool
block_is_free(uint32_t blockno)
{
	return super && blockno < super->s_nblocks
		&& (bitmap[blockno / 32] & 1u << blockno % 32);
}

// Mark a block free, in memory.
void
free_block(uint32_t blockno)
{
	if (blockno == 0)
		panic("attempt to free zero block");
	bitmap[blockno / 32] |= 1u << blockno % 32;
}

// Find a free block in the bitmap, mark it as in use, and write the changed
// block of the bitmap to the disk.  Returns its number, or -E_NO_DISK if no
// block is free.
int
alloc_block(void)
{
	for (uint32_t b = 0; b < super->s_nblocks; b++)
		if (block_is_free(b)) {
			bitmap[b / 32] &= ~(1u << b % 32);
			flush_block(&bitmap[b / 32]);
			return b;
		}
	return -E_NO_DISK;
}

// Find the slot that holds the number of block filebno of f; the number is 0
// if f has no such block.  If the slot is in an indirect block that f does not
// have yet, alloc says whether to allocate one, of zeros.  Returns 0 and sets
// *slot, or -E_NOT_FOUND (no indirect block, !alloc), -E_NO_DISK, or -E_INVAL
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
		int b = alloc_block();
		if (b < 0)
			return b;
		f->f_indirect = b;
		memset(diskaddr(b), 0, BLKSIZE);
		flush_block(diskaddr(b));
	}
	*slot = (uint32_t *) diskaddr(f->f_indirect) + (filebno - NDIRECT);
	return 0;
}

// Set *blk to the address of block filebno of f, which is allocated, with
// zeros in it, if f does not have it yet.
// Returns 0, -E_NO_DISK, or -E_INVAL (no file is so long).
int
file_get_block(struct File *f, uint32_t filebno, char **blk)
{
	uint32_t *slot;
	int r;

	if ((r = file_block_walk(f, filebno, &slot, true)) < 0)
		return r;
	if (*slot == 0) {
		if ((r = alloc_block()) < 0)
			return r;
		*slot = r;
		memset(diskaddr(r), 0, BLKSIZE);
	}
	*blk = diskaddr(*slot);
	return 0;
}

// Free the blocks of f that it does not need for `size` bytes.
static void
file_truncate_blocks(struct File *f, off_t size)
{
	const uint32_t needed = blocks_of(size);
	uint32_t *slot;

	for (uint32_t i = needed; i < blocks_of(f->f_size); i++) {
		if (file_block_walk(f, i, &slot, false) < 0)
			break;			// there are no slots after it
		if (*slot != 0)
			free_block(*slot);
		*slot = 0;
	}
	if (needed <= NDIRECT && f->f_indirect != 0) {
		free_block(f->f_indirect);
		f->f_indirect = 0;
	}
}

// Make f this long.  Returns 0, or -E_INVAL if no file can be so long.
int
file_set_size(struct File *f, off_t size)
{
	if (size < 0 || size > MAXFILESIZE)
		return -E_INVAL;
	if (f->f_size > size)
		file_truncate_blocks(f, size);
	f->f_size = size;
	flush_block(f);
	return 0;
}

// Read up to n bytes from offset on.  Returns how many there were, 0 at the
// end of the file, or an error.
ssize_t
file_read(struct File *f, void *buf, size_t n, off_t offset)
{
	char *blk;
	size_t count;
	int r;

	if (offset < 0)
		return -E_INVAL;
	if (offset >= f->f_size)
		return 0;
	n = MIN(n, (size_t) (f->f_size - offset));
	for (size_t done = 0; done < n; done += count) {
		const uint32_t pos = offset + done;

		if ((r = file_get_block(f, pos / BLKSIZE, &blk)) < 0)
			return r;
		count = MIN(BLKSIZE - pos % BLKSIZE, n - done);
		memmove(buf + done, blk + pos % BLKSIZE, count);
	}
	return n;
}

// Write n bytes from offset on; f grows if it is too short.  Returns n or an
// error.
ssize_t
file_write(struct File *f, const void *buf, size_t n, off_t offset)
{
	char *blk;
	size_t count;
	int r;

	if (offset < 0 || n > MAXFILESIZE || offset > MAXFILESIZE - (off_t) n)
		return -E_INVAL;
	if (offset + (off_t) n > f->f_size
	    && (r = file_set_size(f, offset + n)) < 0)
		return r;
	for (size_t done = 0; done < n; done += count) {
		const uint32_t pos = offset + done;

		if ((r = file_get_block(f, pos / BLKSIZE, &blk)) < 0)
			return r;
		count = MIN(BLKSIZE - pos % BLKSIZE, n - done);
		memmove(blk + pos % BLKSIZE, buf + done, count);
	}
	return n;
}

// Write all blocks of f that are in memory and dirty to the disk, and its entry.
void
file_flush(struct File *f)
{
	uint32_t *slot;

	for (uint32_t i = 0; i < blocks_of(f->f_size); i++)
		if (file_block_walk(f, i, &slot, false) == 0 && *slot != 0)
			flush_block(diskaddr(*slot));
	if (f->f_indirect)
		flush_block(diskaddr(f->f_indirect));
	flush_block(f);
}

// Set *entry to dir's entry of this name.  Returns 0 or an error.
static int
dir_lookup(struct File *dir, const char *name, struct File **entry)
{
	char *blk;
	int r;

	for (uint32_t i = 0; i < dir_nentries(dir); i++) {
		if ((r = file_get_block(dir, i / BLKFILES, &blk)) < 0)
			return r;
		*entry = (struct File *) blk + i % BLKFILES;
		if (strcmp((*entry)->f_name, name) == 0)
			return 0;
	}
	return -E_NOT_FOUND;
}

// Set *entry to an unused entry of dir, which grows if it has none.
static int
dir_alloc_file(struct File *dir, struct File **entry)
{
	const uint32_t n = dir_nentries(dir);
	char *blk;
	int r;

	for (uint32_t i = 0; i <= n; i++) {
		if ((r = file_get_block(dir, i / BLKFILES, &blk)) < 0)
			return r;
		*entry = (struct File *) blk + i % BLKFILES;
		if (i == n)
			dir->f_size += BLKSIZE;
		if ((*entry)->f_name[0] == '\0')
			return 0;
	}
	return -E_NO_DISK;
}

// Follow path from the root.  Leading slashes change nothing.
// Returns 0 and sets *pf; or an error: -E_BAD_PATH, -E_NOT_FOUND.
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

		if (dir->f_type != FTYPE_DIR)
			return -E_NOT_FOUND;
		if (!(path = next_component(path, last)))
			return -E_BAD_PATH;
		if ((r = dir_lookup(dir, last, &f)) < 0) {
			if (r == -E_NOT_FOUND && *path == '\0')
				*pdir = dir;
			return r;
		}
	}
	*pf = f;
	return 0;
}

static void
check_super(void)
{
	if (super->s_magic != FS_MAGIC)
		panic("bad file system magic number");
	if (super->s_nblocks > DISKSIZE / BLKSIZE)
		panic("file system is too large");
	cprintf("superblock is good\n");
}

// Blocks that are not for files must not be free in the bitmap.
static void
check_bitmap(void)
{
	const uint32_t blocks = (super->s_nblocks + BLKBITSIZE - 1) / BLKBITSIZE;

	for (uint32_t b = 0; b < 2 + blocks; b++)
		if (block_is_free(b))
			panic("bad bitmap: block %08x is free", b);
	cprintf("bitmap is good\n");
}

void
fs_init(void)
{
	ide_set_disk(ide_probe_disk1() ? 1 : 0);
	bc_init();

	super = diskaddr(1);
	check_super();
	bitmap = diskaddr(2);
	check_bitmap();
}

// Write everything to the disk.
void
fs_sync(void)
{
	for (uint32_t b = 1; b < super->s_nblocks; b++)
		flush_block(diskaddr(b));
}
