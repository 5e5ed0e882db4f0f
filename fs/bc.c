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
	uint32_t blockno = block_at(addr);
	int r;

	if (!in_disk_map(addr))
		panic("flush_block of bad va %08x", (uintptr_t) addr);
	if (!va_is_mapped(addr) || !va_is_dirty(addr))
		return;

	addr = ROUNDDOWN(addr, PGSIZE);
	if (ide_write(blockno * BLKSECTS, addr, BLKSECTS) < 0)
		cprintf("cannot write block %08x\n", blockno);
	else if ((r = sys_page_map(0, addr, 0, addr,
			uvpt[PGNUM(addr)] & PTE_SYSCALL)) < 0)
		panic("flush_block: %e", r);
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

// Write back n blocks that follow each other, all dirty; many in one go.  If
// the disk refuses, find out which of them.
static int
flush_run(char *page, uint32_t n)
{
	int result = 0;

	if (n > 1 && ide_write(block_at(page) * BLKSECTS, page,
			n * BLKSECTS) == 0) {
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

static int load_error;			// what load_block could not do

// There is no page for a block, or the disk cannot read it.  Who touches it
// cannot go on.  load_block, which has no error code in its frame, can.
static void
cannot_load(const struct UTrapframe *utf, int r)
{
	void *page = (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE);

	if (r != -E_NO_MEM)
		cprintf("cannot read block %08x\n", block_at(page));
	if (utf->utf_err & FEC_U)
		panic("no block %08x: %e", block_at(page), r);
	if (va_is_mapped(page))
		cache_page_free(page);
	load_error = r == -E_NO_MEM ? r : -E_UNSPECIFIED;
}

// The handler: somebody touched a block that is not in memory.  Read it in.
static void
bc_pgfault(struct UTrapframe *utf)
{
	void *addr = (void *) utf->utf_fault_va;
	uint32_t blockno = block_at(addr);
	int r;

	if (!in_disk_map(addr))
		panic("page fault in FS: eip %08x, va %08x, err %04x",
			utf->utf_eip, utf->utf_fault_va, utf->utf_err);
	if (super && blockno >= super->s_nblocks)
		panic("reading non-existent block %08x", blockno);

	addr = ROUNDDOWN(addr, PGSIZE);
	if ((r = cache_page_alloc(addr)) < 0
	    || (r = ide_read(blockno * BLKSECTS, addr, BLKSECTS)) < 0) {
		cannot_load(utf, r);
		return;
	}
	// Memory and disk agree: forget that reading wrote to the page.
	if ((r = sys_page_map(0, addr, 0, addr,
			uvpt[PGNUM(addr)] & PTE_SYSCALL)) < 0)
		panic("bc_pgfault: %e", r);

	// Only now, for the bitmap may be in the very block that we read.
	if (bitmap && blockno >= first_data_block() && block_is_free(blockno))
		panic("reading free block %08x", blockno);
}

// If the block at addr, which may be anywhere in it, is not in memory, read it
// in.  Requests of clients do so with all that they touch, for a fault has no
// way to say that a block cannot be had.
// Returns 0, -E_NO_MEM, or -E_UNSPECIFIED if the disk cannot read it.
int
load_block(void *addr)
{
	struct UTrapframe utf = { .utf_fault_va = (uintptr_t) addr };

	if (va_is_mapped(addr))
		return 0;
	bc_pgfault(&utf);
	return va_is_mapped(addr) ? 0 : load_error;
}

// Read in up to n blocks from page on, in one go, as far as they are not in
// memory and there are pages for them.  Or none.
static void
read_ahead(char *page, uint32_t n)
{
	uint32_t count = 0;

	while (count < n && !va_is_mapped(page + count * PGSIZE)
	       && cache_page_alloc(page + count * PGSIZE) >= 0)
		count++;
	if (count > 0 && ide_read(block_at(page) * BLKSECTS, page,
			count * BLKSECTS) == 0) {
		if (va_is_dirty(page))	// not if the disk wrote there by itself
			forget_use(page, count);
		return;
	}
	while (count > 0)
		cache_page_free(page + --count * PGSIZE);
}

// As load_block, with up to n - 1 blocks more that come after it on the disk.
int
load_blocks(void *addr, uint32_t n)
{
	char *page = ROUNDDOWN(addr, PGSIZE);
	int r;

	if (va_is_mapped(page))
		return 0;
	n = MIN(n, cache_run());
	cache_keep(page, n);
	if ((r = load_block(page)) == 0 && n > 1)
		read_ahead(page + PGSIZE, n - 1);
	return r;
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
	if (va_is_dirty(addr)
	    && ide_write(BLKSECTS, block, BLKSECTS) < 0) {
		// The disk refuses, but files can still be read.
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
