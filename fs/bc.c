// fs/bc.c - the block cache: blocks of the disk as pages of memory.
//
// Block n belongs at DISKMAP + n * BLKSIZE.  No page is mapped there before the
// first touch, whose page fault reads the block from the disk.  When a page is
// written to, the processor sets PTE_D in its page table entry: the block is
// dirty.
//
// Entry points:
//   diskaddr		the address of block n
//   va_is_mapped	is the block at this address in memory?
//   va_is_dirty	was it written to since it was read or written back?
//   block_at		the number of the block at an address
//   load_block, load_blocks	read a block if it is not in memory
//   pin_block		load a block that must not be evicted
//   flush_block, flush_blocks	write blocks back that are dirty
//   zero_block		fill a block with zeros
//   bc_init		from now on blocks are read when they are touched

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

// -------------------------------------------------------------- write-back

// Write the block with address addr back if it is dirty.  If the disk refuses,
// the block stays dirty.
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

// The first dirty page at or above va, or end.
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

// Write back n consecutive dirty blocks, in one transfer.  If the disk refuses
// that, they are written one by one, and those that it refuses stay dirty.
static int
flush_run(char *page, uint32_t n)
{
	int result = 0;

	if (n > 1 && ide_write(block_at(page) * BLKSECTS, page,
			n * BLKSECTS) == 0) {
		set_clean(page, n);
		return 0;
	}
	for (; n > 0; n--, page += PGSIZE) {
		flush_block(page);
		if (va_is_dirty(page))
			result = -E_UNSPECIFIED;
	}
	return result;
}

// Write back those of n consecutive blocks that are dirty.  Returns 0, or
// -E_UNSPECIFIED if the disk refused one.
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

// ----------------------------------------------------------------- loading

static int load_error;			// of the last bc_pgfault that failed

// There is no page for a block (-E_NO_MEM), or the disk cannot read it.  Code
// that has touched the block cannot go on, so the server panics; load_block,
// whose frame has no FEC_U, returns the error.
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

// The page-fault handler: read the block that was touched.
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
	// Clear PTE_D, which reading has set: memory and disk agree.
	if ((r = sys_page_map(0, addr, 0, addr,
			uvpt[PGNUM(addr)] & PTE_SYSCALL)) < 0)
		panic("bc_pgfault: %e", r);

	if (bitmap && block_is_free(blockno))
		panic("reading free block %08x", blockno);
}

// Read the block with address addr if it is not in memory.  Requests of clients
// load all blocks before they touch them, for a page fault could not return an
// error.  Returns 0, -E_NO_MEM, or -E_UNSPECIFIED if the disk cannot read the
// block.
int
load_block(void *addr)
{
	struct UTrapframe utf = { .utf_fault_va = (uintptr_t) addr };

	if (va_is_mapped(addr))
		return 0;
	bc_pgfault(&utf);
	return va_is_mapped(addr) ? 0 : load_error;
}

// Read up to n blocks from page on, in one transfer, up to the first that is in
// memory or has no page.  If that fails, none are read.
static void
read_ahead(char *page, uint32_t n)
{
	uint32_t count = 0;

	while (count < n && !va_is_mapped(page + count * PGSIZE)
	       && cache_page_alloc(page + count * PGSIZE) >= 0)
		count++;
	if (count > 0 && ide_read(block_at(page) * BLKSECTS, page,
			count * BLKSECTS) == 0) {
		if (va_is_dirty(page))	// clean after DMA
			set_clean(page, count);
		return;
	}
	while (count > 0)
		cache_page_free(page + --count * PGSIZE);
}

// Load a block, as load_block does, and up to n - 1 blocks after it on the
// disk.
int
load_blocks(void *addr, uint32_t n)
{
	char *page = ROUNDDOWN(addr, PGSIZE);
	int r;

	if (va_is_mapped(page))
		return 0;
	n = MIN(n, cache_run());
	cache_loading(page, n);
	if ((r = load_block(page)) == 0 && n > 1)
		read_ahead(page + PGSIZE, n - 1);
	return r;
}

// Load the block with address addr and keep it in memory until unpin_blocks.  A
// request pins the blocks that it reads or changes through pointers before it
// changes anything: then neither lack of memory nor an error of the disk can
// stop it half-way.  Returns 0 or an error of load_block.
int
pin_block(void *addr)
{
	int r = load_block(addr);

	if (r == 0)
		pin_page(ROUNDDOWN((uintptr_t) addr, PGSIZE));
	return r;
}

// Fill a block with zeros, without reading it from the disk, and pin it.
// Returns 0 or -E_NO_MEM.
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

// Write block 1, whose address addr is, to the disk and read it back.  The
// word that is changed lies behind struct Super, which must be right on the
// disk even if the power fails now.
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
		// The disk is read-only; files can still be read.
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
	check_block_1(block + 20);	// an address inside the block
	cprintf("block cache is good\n");
}

void
bc_init(void)
{
	set_pgfault_handler(bc_pgfault);
	check_bc();
}
