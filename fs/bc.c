// fs/bc.c - the block cache: blocks of the disk as pages of our memory.
//
// Block n has its place at DISKMAP + n * BLKSIZE.  Nothing is there until
// somebody touches it; the page fault then reads the block from the disk.
// The processor notes in the page table (PTE_D) that a page was written to,
// so nobody has to say which blocks must go back to the disk.
//
// Entry points:
//   diskaddr		where block n lives in memory
//   va_is_mapped	is this address in the cache now?
//   va_is_dirty	was its page written to?
//   load_block	read a block in if it is not there
//   flush_block	write a block back if it is dirty
//   zero_block		fill a block with zeros
//   bc_init		from now on blocks come when they are touched

#include <inc/ide.h>
#include <inc/lib.h>

#include <fs/fs.h>

#define BLKSECTS	(BLKSIZE / SECTSIZE)
_Static_assert(RUN_BLOCKS * BLKSECTS <= IDE_MAX_SECTS, "a run is one transfer");

void *
diskaddr(uint32_t blockno)
{
	if (blockno == 0 || (super && blockno >= super->s_nblocks))
		panic("bad block number %08x in diskaddr", blockno);
	return (char *) DISKMAP + blockno * BLKSIZE;
}

bool
va_is_mapped(const void *va)
{
	return page_is_mapped(va);
}

bool
va_is_dirty(const void *va)
{
	return page_is_mapped(va) && (uvpt[PGNUM(va)] & PTE_D);
}

static bool
in_disk_map(const void *va)
{
	return (uintptr_t) va - DISKMAP < DISKSIZE;
}

uint32_t
block_at(const void *va)
{
	return ((uintptr_t) va - DISKMAP) / BLKSIZE;
}

// Memory and disk now agree on these pages: forget that they were written to,
// and used.  Mapping a page onto itself makes a fresh page table entry.
void
forget_use(void *page, uint32_t n)
{
	const struct PageRun run = {
		.srcva = page, .dstva = page,
		.perm = PTE_P | PTE_U | PTE_W, .npages = n,
	};
	int r = map_runs(0, &run, 1);

	if (r < 0)
		panic("forget_use: %e", r);
}

// ------------------------------------------------------------ to the disk

// Write the block back if it is dirty; addr may be anywhere in it.  Where the
// disk refuses, the block stays dirty.
void
flush_block(void *addr)
{
	if (!in_disk_map(addr))
		panic("flush_block of bad va %08x", (uintptr_t) addr);
	if (!va_is_dirty(addr))
		return;

	void *page = ROUNDDOWN(addr, PGSIZE);
	if (ide_write(block_at(page) * BLKSECTS, page, BLKSECTS) < 0)
		cprintf("cannot write block %08x\n", block_at(page));
	else
		forget_use(page, 1);
}

// The first dirty page at or above va, or end.  Every table of 4 MiB is looked
// for once.
static uintptr_t
next_dirty(uintptr_t va, uintptr_t end)
{
	const pte_t dirty = PTE_P | PTE_D;

	while (va < end) {
		if (!(uvpd[PDX(va)] & PTE_P))
			va = ROUNDDOWN(va, PTSIZE) + PTSIZE;
		else if ((uvpt[PGNUM(va)] & dirty) != dirty)
			va += PGSIZE;
		else
			return va;
	}
	return end;
}

// Write back n blocks that follow each other, all dirty, in one go.  If the
// disk refuses, find out which of them.
static int
flush_run(char *page, uint32_t n)
{
	int result = 0;

	if (ide_write(block_at(page) * BLKSECTS, page, n * BLKSECTS) == 0) {
		forget_use(page, n);
		return 0;
	}
	for (; n > 0; n--, page += PGSIZE) {
		flush_block(page);
		if (va_is_dirty(page))
			result = -E_UNSPECIFIED;
	}
	return result;
}

// Write back those of n blocks that are dirty.  Returns 0, or -E_UNSPECIFIED if
// the disk does not take all of them.
int
flush_blocks(uint32_t blockno, uint32_t n)
{
	uintptr_t va = (uintptr_t) diskaddr(blockno);
	const uintptr_t end = va + n * BLKSIZE;
	int result = 0;

	while ((va = next_dirty(va, end)) < end) {
		const uintptr_t last = MIN(end, va + RUN_BLOCKS * BLKSIZE);
		const uintptr_t first = va;

		do
			va += PGSIZE;
		while (va < last && va_is_dirty((void *) va));
		result |= flush_run((char *) first, (va - first) / BLKSIZE);
	}
	return result;
}

// ---------------------------------------------------------- from the disk

// Fill n pages that follow each other.
static int
read_run(char *page, uint32_t n)
{
	if (ide_read(block_at(page) * BLKSECTS, page, n * BLKSECTS) < 0)
		return -E_UNSPECIFIED;
	if (va_is_dirty(page))		// not if the disk wrote there by itself
		forget_use(page, n);
	return 0;
}

// If the block at addr, which may be anywhere in it, is not in memory, read it
// in, with up to n - 1 more that come after it on the disk; only the first
// must go well.
// Returns 0, -E_NO_MEM, or -E_UNSPECIFIED if the disk cannot read it.
int
load_blocks(void *addr, uint32_t n)
{
	char *page = ROUNDDOWN(addr, PGSIZE);
	uint32_t count = 1;
	int r;

	if (va_is_mapped(page))
		return 0;
	n = MIN(n, cache_run());
	cache_keep(page, n);
	if ((r = cache_page_alloc(page)) < 0)
		return r;
	while (count < n && !va_is_mapped(page + count * PGSIZE)
	       && cache_page_alloc(page + count * PGSIZE) >= 0)
		count++;

	r = read_run(page, count);
	if (r < 0 && count > 1) {
		while (count > 1)
			cache_page_free(page + --count * PGSIZE);
		r = read_run(page, 1);
	}
	if (r < 0) {
		cprintf("cannot read block %08x\n", block_at(page));
		cache_page_free(page);
	}
	return r;
}

// The same for one block, which mostly is in memory.
int
load_block(void *addr)
{
	return va_is_mapped(addr) ? 0 : load_blocks(addr, 1);
}

// Fill a block with zeros, without reading what it held, and pin it.  Returns
// 0 or -E_NO_MEM.
int
zero_block(uint32_t blockno)
{
	char *page = diskaddr(blockno);
	int r = va_is_mapped(page) ? 0 : cache_page_alloc(page);

	if (r < 0)
		return r;
	if (r == 0)
		memset(page, 0, BLKSIZE);
	*(volatile char *) page = 0;		// now it is dirty
	return pin_block(page);
}

// Somebody touched a block that is not in memory: read it in.  Requests of
// clients load what they touch before, for here there is no way to say that it
// cannot be had.
static void
bc_pgfault(struct UTrapframe *utf)
{
	void *va = (void *) utf->utf_fault_va;
	uint32_t blockno = block_at(va);
	int r;

	if (!in_disk_map(va))
		panic("page fault in FS: eip %08x, va %08x, err %04x",
			utf->utf_eip, utf->utf_fault_va, utf->utf_err);
	if (super && blockno >= super->s_nblocks)
		panic("reading non-existent block %08x", blockno);

	if ((r = load_block(va)) < 0)
		panic("bc_pgfault: no block %08x: %e", blockno, r);

	// Only now, for the bitmap may be in the very block that we read.
	if (bitmap && blockno >= first_data_block() && block_is_free(blockno))
		panic("reading free block %08x", blockno);
}

// Take block 1 through the cache to the disk and back, naming it by addr,
// an address somewhere in its page.  What we write is behind the super block,
// which would be lost if the power went while it is on the disk.
static void
check_block_1(void *addr)
{
	static char saved[BLKSIZE];
	struct Super *block = diskaddr(1);
	char *word = (char *) (block + 1);

	memmove(saved, block, sizeof(saved));

	strcpy(word, "OOPS!\n");
	assert(va_is_dirty(addr));
	flush_block(addr);
	if (va_is_dirty(addr)) {
		// Files can still be read.
		memmove(block, saved, sizeof(saved));
		return;
	}
	assert(va_is_mapped(block));
	assert(!va_is_dirty(block));

	cache_page_free(block);
	assert(!va_is_mapped(block));
	assert(strcmp(word, "OOPS!\n") == 0);	// read in again
	assert(!va_is_dirty(block));

	memmove(block, saved, sizeof(saved));
	flush_block(block);
}

static void
check_bc(void)
{
	char *block = diskaddr(1);

	check_block_1(block);
	check_block_1(block + 20);	// any address in the block will do
	cprintf("block cache is good\n");
}

void
bc_init(void)
{
	set_pgfault_handler(bc_pgfault);
	check_bc();
}
