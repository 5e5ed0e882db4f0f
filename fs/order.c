// fs/order.c - ordered writes: which block is written before which.
//
// The power may fail at any moment.  Then no block on the disk may belong to
// two files, or to a file while it is free in the bitmap, or hold data of the
// file that had it before.  So
//
//   - a block number is written only after the block itself, and the bitmap in
//     which it is in use: first data and bitmap, then the indirect block, then
//     the directory's block with the entry;
//   - a block that a file releases is freed only after its number is gone from
//     the disk (free_released in fs/fs.c).
//
// Between two of these steps the drive flushes its cache (ide_flush), for until
// then it writes in any order.
//
// file_write_named (fs/fs.c) writes a file in this order when it is closed or
// synced; order_write_back and order_settle keep every other write in it.
//
// A file that was written to may have new blocks.  It is called growing until
// all blocks that it refers to are on the disk.  Until then its indirect block
// and the block with its entry, which holds entries of other files too, must be
// neither written nor evicted.
//
// Entry points:
//   order_begin, order_end	f may get new blocks between these calls
//   order_settle		write all blocks that growing files refer to
//   order_done			all blocks that f refers to are on the disk
//   order_run			how many blocks may be written now?
//   order_write_back		write blocks back, after those they depend on

#include <inc/lib.h>

#include <fs/fs.h>

#define MAXGROWING	16		// before order_begin settles them

static struct File *growing[MAXGROWING];
static int ngrowing;
static struct File *changing;		// between order_begin and order_end

// f, whose entry is in memory, counts as growing from now on.  Returns 0, or
// -E_UNSPECIFIED if there are MAXGROWING other files and the disk refuses their
// blocks.
int
order_begin(struct File *f)
{
	int i = 0;

	while (i < ngrowing && growing[i] != f)
		i++;
	if (i == MAXGROWING) {
		if (order_settle() < 0)
			return -E_UNSPECIFIED;
		i = 0;
	}
	growing[i] = f;
	ngrowing = MAX(ngrowing, i + 1);
	changing = f;
	return 0;
}

void
order_end(void)
{
	changing = NULL;
}

void
order_done(const struct File *f)
{
	for (int i = 0; i < ngrowing; i++)
		if (growing[i] == f)
			growing[i--] = growing[--ngrowing];
}

// Write the blocks that growing files refer to, except for the file between
// order_begin and order_end, which may be half changed.  Returns 0, or
// -E_UNSPECIFIED if the disk refused one.  Loads no block, for it may be called
// to evict one.
int
order_settle(void)
{
	static bool settling;
	int result = 0, contents;

	if (settling)
		return -E_UNSPECIFIED;
	settling = true;
	for (int i = ngrowing; i-- > 0; ) {
		if (growing[i] == changing)
			continue;
		if (file_write_named(growing[i], &contents) < 0)
			result = -E_UNSPECIFIED;
		else
			order_done(growing[i]);
	}
	settling = false;
	return result;
}

// How many of the n blocks from blockno on come before block `other`?
static uint32_t
blocks_before(uint32_t blockno, uint32_t n, uint32_t other)
{
	return MIN(n, other - blockno);
}

// How many of the n blocks from blockno on need not wait for other blocks?
uint32_t
order_run(uint32_t blockno, uint32_t n)
{
	for (int i = 0; i < ngrowing; i++) {
		n = blocks_before(blockno, n, block_at(growing[i]));
		n = blocks_before(blockno, n, growing[i]->f_indirect);
	}
	return n;
}

// Write back those of the n blocks from blockno on that are dirty, after the
// blocks of growing files if one of them must wait for these.  Returns 0, or
// -E_UNSPECIFIED if the disk refused a block, so that one is still dirty.
int
order_write_back(uint32_t blockno, uint32_t n)
{
	const uint32_t end = blockno + n;
	int result = 0;

	if (order_run(blockno, n) < n)
		order_settle();
	for (; blockno < end; blockno += MAX(n, 1u)) {
		n = order_run(blockno, end - blockno);
		if (n > 0)
			result |= flush_blocks(blockno, n);
		else if (va_is_dirty(diskaddr(blockno)))
			result = -E_UNSPECIFIED;
	}
	return result;
}
