// fs/bc.c - the block cache: blocks of the disk as pages of memory.
//
// Block n belongs at DISKMAP + n * BLKSIZE.  No page is mapped there before the
// first touch, whose page fault reads the block from the disk.  When a page is
// written to, the processor sets PTE_D in its page table entry: the block is
// dirty.  A block that is in memory stays there.
//
// Entry points:
//   diskaddr		the address of block n
//   va_is_mapped	is the block at this address in memory?
//   va_is_dirty	was it written to since it was read or written back?
//   flush_block	write a block back if it is dirty
//   bc_init		from now on blocks are read when they are touched

#define BLKSECTS	(BLKSIZE / SECTSIZE)

// The address of block blockno; panics if there is no such block.
void *
diskaddr(uint32_t blockno)
{
	if (blockno == 0 || (super && blockno >= super->s_nblocks))
		panic("bad block number %08x in diskaddr", blockno);
	return (char *) DISKMAP + blockno * BLKSIZE;
}

// The number of the block at an address
static uint32_t
block_at(const void *va)
{
	return ((uintptr_t) va - DISKMAP) / BLKSIZE;
}

// Write the block that addr lies in back to the disk, if it is in memory and
// dirty; after that it is clean (PTE_D).  addr may be anywhere in the block.
// Panics if the disk refuses.
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
	if ((r = ide_write(blockno * BLKSECTS, addr, BLKSECTS)) < 0
	    || (r = sys_page_map(0, addr, 0, addr,
			uvpt[PGNUM(addr)] & PTE_SYSCALL)) < 0)
		panic("flush_block: %e", r);
}

// The page-fault handler: allocate a page for the block that was touched, and
// read the block from the disk.  Panics if that is not possible.
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
	if ((r = sys_page_alloc(0, addr, PTE_P | PTE_U | PTE_W)) < 0
	    || (r = ide_read(blockno * BLKSECTS, addr, BLKSECTS)) < 0)
		panic("bc_pgfault: %e", r);

	// Clear PTE_D, which reading has set: memory and disk agree.
	if ((r = sys_page_map(0, addr, 0, addr,
			uvpt[PGNUM(addr)] & PTE_SYSCALL)) < 0)
		panic("bc_pgfault: %e", r);

	// Only now: the bitmap's own blocks are read by this function, too
	if (bitmap && block_is_free(blockno))
		panic("reading free block %08x", blockno);
}

// Write block 1, whose address addr is, to the disk and read it back.
static void
check_block_1(void *addr)
{
	static char saved[BLKSIZE];
	char *block = diskaddr(1);

	memmove(saved, block, sizeof(saved));

	strcpy(block, "OOPS!\n");
	assert(va_is_dirty(addr));
	flush_block(addr);
	assert(va_is_mapped(block));
	assert(!va_is_dirty(block));

	sys_page_unmap(0, block);
	assert(!va_is_mapped(block));
	assert(strcmp(block, "OOPS!\n") == 0);	// read in again
	assert(!va_is_dirty(block));

	memmove(block, saved, sizeof(saved));
	flush_block(block);
}
