// fs/order.c - what goes to the disk before what.
//
// The power may go at any moment.  Then, on the disk, no block may be two
// files', or a file's and free, or hold what another file left in it.  So
//
//   - what names a block is written when the block is on the disk, and in use
//     in the bitmap there: first data and bitmap, then the indirect block, then
//     the directory's block with the entry;
//   - a block that a file gives up is free when nothing on the disk names it
//     any more (free_released in fs/fs.c).
//
// Between two of these steps the drive has to flush its cache (ide_flush), for
// until then it writes in any order.
//
// A file that was written to may name new blocks.  It is called growing until
// all that it names is on the disk.  Meanwhile its indirect block and the block
// with its entry, where other files have theirs too, must neither be written
// nor leave memory.
//
// Entry points:
//   order_begin, order_end	f may come to name new blocks, in between
//   order_settle		have all on the disk that growing files name
//   order_done			f's is
//   order_run			how many blocks need not wait?
//   order_write_back		write blocks back, those that wait last

#include <inc/lib.h>

#include <fs/fs.h>

#define MAXGROWING	16		// then they are settled

static struct File *growing[MAXGROWING];
static int ngrowing;
static struct File *changing;		// between order_begin and order_end

// Returns 0, or -E_UNSPECIFIED if the disk does not take what other files name.
// f is in memory.
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

// The one that is changing stays: it may be half done.  Returns 0, or
// -E_UNSPECIFIED if the disk does not take all of it.  Loads no block, for this
// may be to make room for one.
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

// How many of n blocks come before this one?
static uint32_t
blocks_before(uint32_t blockno, uint32_t n, uint32_t other)
{
	return MIN(n, other - blockno);
}

uint32_t
order_run(uint32_t blockno, uint32_t n)
{
	for (int i = 0; i < ngrowing; i++) {
		n = blocks_before(blockno, n, block_at(growing[i]));
		n = blocks_before(blockno, n, growing[i]->f_indirect);
	}
	return n;
}

// Write back those of n blocks that are dirty.  Returns 0, or -E_UNSPECIFIED if
// the disk does not take all of them, or some must wait.
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
