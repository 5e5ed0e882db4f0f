// fs/checkcache.c - looks at the block cache: bc_pgfault and flush_block.
//
// Entry point: check_cache.

#include <inc/lib.h>

#include <fs/check.h>
#include <user/check/check.h>

static char before[BLKSIZE], disk[BLKSIZE], other[BLKSIZE];

static pte_t
pte_of(const char *va)
{
	return page_is_mapped(va) ? uvpt[PGNUM(va)] : 0;
}

// A block of a file that is not in memory, nor are its neighbours.
static uint32_t
block_at_rest(void)
{
	uint32_t b = first_data_block() + 1;

	while (b < super->s_nblocks - 1 && (block_is_free(b)
	    || va_is_mapped(diskaddr(b - 1)) || va_is_mapped(diskaddr(b))
	    || va_is_mapped(diskaddr(b + 1))))
		b++;
	return b;
}

// ------------------------------------------------------------- exercise 2

// Touch byte `at` of block b, whose sectors are in `disk`, to read or write.
static void
check_load(uint32_t b, uint32_t at, bool write)
{
	char *va = diskaddr(b);
	const char *how = write ? "written to" : "read";
	int i;

	drop_block(va);
	if (panics_at(write ? change_target : touch_target, va + at)) {
		expect(false, "byte %u of a block was %s: panics: %s", at, how,
			panic_text);
		drop_block(va);
		return;
	}
	expect(va_is_mapped(va), "byte %u of a block was %s, but its page is "
		"not mapped: round the address down", at, how);
	if (!va_is_mapped(va))
		return;
	expect(!va_is_mapped(va + PGSIZE) && !va_is_mapped(va - 1),
		"byte %u of a block was touched, but the page of another "
		"block is mapped", at);
	if (write)
		va[at] ^= 0x55;
	i = difference(va, disk);
	expect(i < 0, "byte %u was touched; byte %d of the block, in sector "
		"%d of it, is not what the disk holds", at, i, i / SECTSIZE);
	expect(va_is_dirty(va) == write, write ? "a block written to after it "
		"was read is not dirty" : "a block that was only read is "
		"dirty: clear PTE_D by mapping the page again");
	expect(pte_of(va) & PTE_W, "the page of a block is read-only");
	drop_block(va);
	drop_block(va + PGSIZE);
}

// The end is where the super block says, whatever the disk has there.
static void
check_end_of_disk(void)
{
	const uint32_t end = super->s_nblocks;
	const uint32_t nblocks[] = { end, end - 1, end - 4 };
	char *va = (char *) DISKMAP + end * BLKSIZE;

	remember_bits();
	for (uint32_t i = 0; i < ARRAY_SIZE(nblocks); i++) {
		char *behind = (char *) DISKMAP + nblocks[i] * BLKSIZE;
		char *last = behind - BLKSIZE;
		const bool mapped = va_is_mapped(last);

		for (uint32_t b = end - 8; b < end; b++)
			bitmap[b / 32] &= ~(1u << b % 32);
		super->s_nblocks = nblocks[i];
		expect(panics_at(touch_target, behind), "no panic at block %u "
			"of a disk of %u blocks", nblocks[i], nblocks[i]);
		drop_block(behind);
		expect(!panics_at(touch_target, last), "panics at block %u, "
			"the last of a disk of %u blocks: %s", nblocks[i] - 1,
			nblocks[i], panic_text);
		if (!mapped)
			drop_block(last);
	}
	super->s_nblocks = end;
	expect(panics_at(touch_target, va + 100 * BLKSIZE),
		"no panic at a block far behind the end of the disk");
	drop_block(va + 100 * BLKSIZE);
	memcpy(bitmap, old_bits, BLKSIZE);

	// The server believes that the disk is larger than it is.
	for (uint32_t b = end; b < end + 16; b++)
		bitmap[b / 32] &= ~(1u << b % 32);
	super->s_nblocks = end + 16;
	expect(panics_at(touch_target, va + 8 * BLKSIZE),
		"a block that the disk could not read counts as read");
	drop_block(va + 8 * BLKSIZE);
	super->s_nblocks = end;
	memcpy(bitmap, old_bits, BLKSIZE);
}

static void
check_bc_pgfault(void)
{
	static const uint32_t at[] = { 0, 1, 511, 1234, 4092, 4095 };
	const uint32_t b = block_at_rest();
	char *below = (char *) DISKMAP - 5 * PGSIZE;
	char *above = (char *) DISKMAP + DISKSIZE + 5 * PGSIZE;
	uint32_t f = first_data_block();

	look_at("bc_pgfault", CHECK_CACHE);
	get_sectors(b, before);
	fill_block(disk, b);
	put_sectors(b, disk);
	for (uint32_t i = 0; i < ARRAY_SIZE(at); i++) {
		check_load(b, at[i], false);
		check_load(b, at[i], true);
	}
	put_sectors(b, before);

	check_end_of_disk();
	while (f < super->s_nblocks && (!block_is_free(f)
	    || va_is_mapped(diskaddr(f))))
		f++;
	if (f < super->s_nblocks) {
		expect(panics_at(touch_target, diskaddr(f)),
			"no panic at a block that is free in the bitmap");
		drop_block(diskaddr(f));
	}
	expect(panics_at(touch_target, below),
		"no panic at an address below those of the blocks");
	drop_block(below);
	expect(panics_at(touch_target, above),
		"no panic at an address above those of the blocks");
	drop_block(above);
}

// Change bytes of block b in memory and flush it by byte `at` of it.
static void
check_flush(uint32_t b, uint32_t at)
{
	char *va = diskaddr(b);
	pte_t old;
	int i;

	fill_block(disk, b + at);
	put_sectors(b, disk);
	drop_block(va);
	*(volatile char *) va;
	for (i = 0; i < BLKSIZE; i += 255)
		va[i] ^= 0x55;
	va[BLKSIZE - 1] ^= 0x55;
	memcpy(disk, va, BLKSIZE);
	old = pte_of(va);
	if (panics_at(flush_target, va + at)) {
		expect(false, "panics at byte %u of a dirty block: %s", at,
			panic_text);
		drop_block(va);
		return;
	}
	expect(va_is_mapped(va), "the block has left the cache");
	expect(!va_is_dirty(va), "the block is dirty after it was written");
	expect(((pte_of(va) ^ old) & (~0xFFFu | PTE_SYSCALL)) == 0,
		"the block's page or permissions are others than before");
	get_sectors(b, other);
	i = difference(disk, other);
	expect(i < 0, "a block was flushed by an address %u bytes into it; "
		"byte %d on the disk, in sector %d of it, is not what was in "
		"memory", at, i, i / SECTSIZE);
	drop_block(va);
	get_sectors(b, disk);
}

// A disk that is shorter than the super block says refuses to write.
static void
check_refused(void)
{
	const uint32_t end = super->s_nblocks;
	char *va = (char *) DISKMAP + (end + 8) * BLKSIZE;

	if (sys_page_alloc(0, va, PTE_P | PTE_U | PTE_W) < 0)
		return;
	super->s_nblocks = end + 16;
	*va = 'x';
	expect(panics_at(flush_target, va) || va_is_dirty(va),
		"a block that the disk refused counts as written");
	super->s_nblocks = end;
	drop_block(va);
}

static void
check_flush_block(void)
{
	static const uint32_t at[] = { 0, 20, 2048, 4095 };
	static char below[BLKSIZE], above[BLKSIZE];
	const uint32_t b = block_at_rest();
	char *va = diskaddr(b);

	look_at("flush_block", CHECK_CACHE);
	get_sectors(b, before);
	get_sectors(b - 1, below);
	get_sectors(b + 1, above);

	flush_block(va);
	expect(!va_is_mapped(va), "a block that is not in memory is loaded");
	drop_block(va);
	flush_block(va + 100);
	expect(!va_is_mapped(va), "a block that is not in memory is loaded");
	drop_block(va);

	// What is on the disk is newer than what is in memory, and clean.
	fill_block(disk, b);
	put_sectors(b, disk);
	*(volatile char *) va;
	fill_block(disk, b + 1);
	put_sectors(b, disk);
	flush_block(va);
	get_sectors(b, other);
	expect(difference(disk, other) < 0,
		"a block that is not dirty is written");
	drop_block(va);

	for (uint32_t i = 0; i < ARRAY_SIZE(at); i++)
		check_flush(b, at[i]);
	get_sectors(b - 1, disk);
	expect(difference(disk, below) < 0, "the block before is written, too");
	get_sectors(b + 1, disk);
	expect(difference(disk, above) < 0, "the block behind is written, too");
	put_sectors(b, before);
	put_sectors(b - 1, below);
	put_sectors(b + 1, above);

	check_refused();
	expect(panics_at(flush_target, (char *) DISKMAP - 5 * PGSIZE)
		&& panics_at(flush_target, (char *) DISKMAP + DISKSIZE),
		"no panic at an address that is no block's");
}

// diskaddr of number, for panics
static uint32_t number;

static void
find_number(void)
{
	const char *va = diskaddr(number);

	expect(va == (char *) DISKMAP + number * BLKSIZE,
		"block %u is said to be at %08x", number, (uintptr_t) va);
}

static void
check_diskaddr(void)
{
	const struct {
		uint32_t number;
		bool bad;
	} tries[] = {
		{ 0, true }, { 1, false }, { super->s_nblocks - 1, false },
		{ super->s_nblocks, true }, { 0xFFFFFFFF, true },
	};

	look_at("diskaddr", "lab 5; fs/bc.c");
	for (uint32_t i = 0; i < ARRAY_SIZE(tries); i++) {
		number = tries[i].number;
		expect(panics(find_number) == tries[i].bad, "block %u of %u: "
			"%s", number, super->s_nblocks, tries[i].bad
			? "expected a panic" : "panics");
	}
}

static void
panicked(void)
{
	expect(false, "panics: %s", panic_text);
}

int
check_cache(void)
{
	look_guarded(check_diskaddr, panicked);
	look_guarded(check_bc_pgfault, panicked);
	look_guarded(check_flush_block, panicked);
	return check.looked_at;
}
