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

static uint32_t
block_at(const void *va)
{
	return ((uintptr_t) va - DISKMAP) / BLKSIZE;
}

// Memory and disk now agree on this page: forget that it was written to.
// Mapping a page onto itself makes a fresh page table entry.
static void
clear_dirty(void *page)
{
	int r = sys_page_map(0, page, 0, page, uvpt[PGNUM(page)] & PTE_SYSCALL);
	if (r < 0)
		panic("clear_dirty: sys_page_map: %e", r);
}

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
		clear_dirty(page);
}

// A block that can be taken out of memory, the next one in turn.  Nobody
// notices: it is on the disk, and comes back when it is touched.  Super block
// and bitmap stay, for bc_pgfault looks at them, and so does what the disk
// refuses to take.  Returns its page, or NULL if there is none.
static void *
block_to_drop(void)
{
	static uintptr_t last;
	uintptr_t end = DISKMAP + DISKSIZE;

	if (!bitmap)
		return NULL;
	uintptr_t start = (uintptr_t) diskaddr(first_data_block());
	for (int rounds = 0; rounds < 2; ) {
		last = next_mapped(MAX(start, last + PGSIZE), end);
		if (last == end) {
			last = 0;
			rounds++;
			continue;
		}
		flush_block((void *) last);
		if (!va_is_dirty((void *) last))
			return (void *) last;
	}
	return NULL;
}

// A page for a block, with anything in it.  If memory is used up, it is that
// of another block; it moves here without being free in between, when somebody
// else could take it: page by page, all of the cache.  Only for a page table
// one has to be given up first.
static int
cache_page_alloc(void *page)
{
	const int perm = PTE_P | PTE_U | PTE_W;
	int r = sys_page_alloc(0, page, perm);
	void *other;

	while (r == -E_NO_MEM && (other = block_to_drop()) != NULL) {
		r = sys_page_map(0, other, 0, page, perm);
		sys_page_unmap(0, other);
	}
	return r;
}

// Read the block in if it is not there; addr may be anywhere in it.
// Returns 0, -E_NO_MEM, or -E_UNSPECIFIED if the disk cannot read it.
int
load_block(void *addr)
{
	void *page = ROUNDDOWN(addr, PGSIZE);
	int r;

	if (va_is_mapped(page))
		return 0;
	if ((r = cache_page_alloc(page)) < 0)
		return r;
	if (ide_read(block_at(page) * BLKSECTS, page, BLKSECTS) < 0) {
		cprintf("cannot read block %08x\n", block_at(page));
		sys_page_unmap(0, page);
		return -E_UNSPECIFIED;
	}
	clear_dirty(page);
	return 0;
}

// Fill a block with zeros, without reading what it held.  Returns 0 or
// -E_NO_MEM.
int
zero_block(uint32_t blockno)
{
	void *page = diskaddr(blockno);
	int r;

	if (!va_is_mapped(page) && (r = cache_page_alloc(page)) < 0)
		return r;
	memset(page, 0, BLKSIZE);
	return 0;
}

// Somebody touched a block that is not in memory: read it in.
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
	int r;

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

	if ((r = sys_page_unmap(0, block)) < 0)
		panic("check_block_1: sys_page_unmap: %e", r);
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
