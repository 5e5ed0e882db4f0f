// fs/check.c - looks at what students write of the file server: each contract,
// and not only what fs/test.c asks.
//
// Runs before fs/test.c if the server got the argument `check' (grade-lab5),
// and prints what user/check/check.h says.  Afterwards the disk and the cache
// are as before, if nothing is wrong.
//
// Entry points: look_at_cache, fs_check; __wrap__panic, which the linker puts
// in the place of _panic in the server.

#include <inc/ide.h>
#include <inc/lib.h>
#include <inc/x86.h>

#include <fs/fs.h>
#include <user/check/check.h>

#define BLKSECTS	(BLKSIZE / SECTSIZE)

#define BC		"lab 5, exercise 2; fs/bc.c"
#define ALLOC		"lab 5, exercise 3; fs/fs.c"
#define BLOCKS		"lab 5, exercise 4; fs/fs.c"

static char before[BLKSIZE], disk[BLKSIZE], other[BLKSIZE];
static uint32_t bits[BLKSIZE / 4];	// a copy of the bitmap
static struct File file;		// of no directory

// ------------------------------------------------------------------ panics

static void **panic_goes;		// for __builtin_longjmp, or NULL
static char panic_text[128];

void __real__panic(const char *where, int line, const char *fmt, ...)
	__attribute__((noreturn));

// A panic of the server, which panics() may wait for
void __attribute__((noreturn))
__wrap__panic(const char *where, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(panic_text, sizeof(panic_text), fmt, ap);
	va_end(ap);
	if (panic_goes)
		__builtin_longjmp(panic_goes, 1);
	__real__panic(where, line, "%s", panic_text);
}

// Does f panic?  A panic in the page-fault handler, too, comes back here: the
// exception stack is empty again once esp points elsewhere.
static bool __attribute__((noinline))
panics(void (*f)(void))
{
	void *here[5], **const outer = panic_goes;

	if (__builtin_setjmp(here)) {
		panic_goes = outer;
		return true;
	}
	panic_goes = here;
	f();
	panic_goes = outer;
	return false;
}

static char *target;			// of the next three

static void
touch(void)
{
	*(volatile char *) target;
}

static void
scribble(void)
{
	*(volatile char *) target ^= 0x55;
}

static void
flush(void)
{
	flush_block(target);
}

static bool
panics_at(void (*f)(void), char *va)
{
	target = va;
	return panics(f);
}

// -------------------------------------------------------------- the disk

static void
get_sectors(uint32_t blockno, char *buf)
{
	if (ide_read(blockno * BLKSECTS, buf, BLKSECTS) < 0)
		panic("the check cannot read block %u", blockno);
}

static void
put_sectors(uint32_t blockno, const char *buf)
{
	if (ide_write(blockno * BLKSECTS, buf, BLKSECTS) < 0)
		panic("the check cannot write block %u", blockno);
}

// Fill a block's worth of memory with bytes of which few repeat.
static void
fill(char *buf, uint32_t seed)
{
	uint32_t *word = (uint32_t *) buf;

	for (uint32_t i = 0; i < BLKSIZE / 4; i++)
		word[i] = (seed + i) * 0x9E3779B1u ^ seed;
}

// The first byte that differs, or -1
static int
difference(const char *a, const char *b)
{
	for (int i = 0; i < BLKSIZE; i++)
		if (a[i] != b[i])
			return i;
	return -1;
}

// Let the block with this address leave the cache, whatever is in it.
static void
drop(char *va)
{
	sys_page_unmap(0, ROUNDDOWN(va, PGSIZE));
}

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

	drop(va);
	if (panics_at(write ? scribble : touch, va + at)) {
		expect(false, "byte %u of a block was %s: panics: %s", at, how,
			panic_text);
		drop(va);
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
	drop(va);
	drop(va + PGSIZE);
}

static void
remember_bits(void)
{
	memcpy(bits, bitmap, BLKSIZE);
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
		expect(panics_at(touch, behind), "no panic at block %u of a "
			"disk of %u blocks", nblocks[i], nblocks[i]);
		drop(behind);
		expect(!panics_at(touch, last), "panics at block %u, the last "
			"of a disk of %u blocks: %s", nblocks[i] - 1,
			nblocks[i], panic_text);
		if (!mapped)
			drop(last);
	}
	super->s_nblocks = end;
	expect(panics_at(touch, va + 100 * BLKSIZE),
		"no panic at a block far behind the end of the disk");
	drop(va + 100 * BLKSIZE);
	memcpy(bitmap, bits, BLKSIZE);

	// The server believes that the disk is larger than it is.
	for (uint32_t b = end; b < end + 16; b++)
		bitmap[b / 32] &= ~(1u << b % 32);
	super->s_nblocks = end + 16;
	expect(panics_at(touch, va + 8 * BLKSIZE),
		"a block that the disk could not read counts as read");
	drop(va + 8 * BLKSIZE);
	super->s_nblocks = end;
	memcpy(bitmap, bits, BLKSIZE);
}

static void
check_bc_pgfault(void)
{
	static const uint32_t at[] = { 0, 1, 511, 1234, 4092, 4095 };
	const uint32_t b = block_at_rest();
	uint32_t f = first_data_block();

	look_at("bc_pgfault", BC);
	get_sectors(b, before);
	fill(disk, b);
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
		expect(panics_at(touch, diskaddr(f)), "no panic at a block "
			"that is free in the bitmap");
		drop(diskaddr(f));
	}
	expect(panics_at(touch, (char *) DISKMAP - 5 * PGSIZE),
		"no panic at an address below those of the blocks");
	drop((char *) DISKMAP - 5 * PGSIZE);
	expect(panics_at(touch, (char *) DISKMAP + DISKSIZE + 5 * PGSIZE),
		"no panic at an address above those of the blocks");
	drop((char *) DISKMAP + DISKSIZE + 5 * PGSIZE);
}

// Change bytes of block b in memory and flush it by byte `at` of it.
static void
check_flush(uint32_t b, uint32_t at)
{
	char *va = diskaddr(b);
	pte_t old;
	int i;

	fill(disk, b + at);
	put_sectors(b, disk);
	drop(va);
	*(volatile char *) va;
	for (i = 0; i < BLKSIZE; i += 255)
		va[i] ^= 0x55;
	va[BLKSIZE - 1] ^= 0x55;
	memcpy(disk, va, BLKSIZE);
	old = pte_of(va);
	if (panics_at(flush, va + at)) {
		expect(false, "panics at byte %u of a dirty block: %s", at,
			panic_text);
		drop(va);
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
	drop(va);
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
	expect(panics_at(flush, va) || va_is_dirty(va),
		"a block that the disk refused counts as written");
	super->s_nblocks = end;
	drop(va);
}

static void
check_flush_block(void)
{
	static const uint32_t at[] = { 0, 20, 2048, 4095 };
	static char below[BLKSIZE], above[BLKSIZE];
	const uint32_t b = block_at_rest();
	char *va = diskaddr(b);

	look_at("flush_block", BC);
	get_sectors(b, before);
	get_sectors(b - 1, below);
	get_sectors(b + 1, above);

	flush_block(va);
	expect(!va_is_mapped(va), "a block that is not in memory is loaded");
	drop(va);
	flush_block(va + 100);
	expect(!va_is_mapped(va), "a block that is not in memory is loaded");
	drop(va);

	// What is on the disk is newer than what is in memory, and clean.
	fill(disk, b);
	put_sectors(b, disk);
	*(volatile char *) va;
	fill(disk, b + 1);
	put_sectors(b, disk);
	flush_block(va);
	get_sectors(b, other);
	expect(difference(disk, other) < 0,
		"a block that is not dirty is written");
	drop(va);

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
	expect(panics_at(flush, (char *) DISKMAP - 5 * PGSIZE)
		&& panics_at(flush, (char *) DISKMAP + DISKSIZE),
		"no panic at an address that is no block's");
}

// ------------------------------------------------------------- exercise 3

// How many blocks are in use that were not at remember_bits?
static uint32_t
used_since(void)
{
	uint32_t n = 0;

	for (uint32_t b = 0; b < super->s_nblocks; b++)
		n += (bits[b / 32] & ~bitmap[b / 32]) >> b % 32 & 1;
	return n;
}

// Free again what was free at remember_bits, and forget what was in it.
static void
give_back(void)
{
	for (uint32_t b = first_data_block(); b < super->s_nblocks; b++)
		if (bits[b / 32] >> b % 32 & 1) {
			free_block(b);
			if (va_is_mapped(diskaddr(b)))
				drop(diskaddr(b));
		}
	memcpy(bitmap, bits, BLKSIZE);
}

static uint32_t
first_in(const uint32_t *map)
{
	uint32_t b = 0;

	while (b < super->s_nblocks && !(map[b / 32] >> b % 32 & 1))
		b++;
	return b;
}

// Leave n blocks free, the last ones.
static void
fill_disk(uint32_t n)
{
	for (uint32_t b = super->s_nblocks; b-- > 0; )
		if (bitmap[b / 32] >> b % 32 & 1) {
			if (n > 0)
				n--;
			else
				bitmap[b / 32] &= ~(1u << b % 32);
		}
}

static void
check_full_disk(void)
{
	remember_bits();
	for (int i = 0; i < 2; i++) {
		expect_result("no block was free", alloc_block(), -E_NO_DISK);
		expect(memcmp(bits, bitmap, BLKSIZE) == 0,
			"changes the bitmap although no block is free");
	}
}

static void
check_alloc_block(void)
{
	static uint32_t saved[BLKSIZE / 4];
	const uint32_t end = super->s_nblocks;
	uint32_t b, n = 0;
	int r;

	look_at("alloc_block", ALLOC);
	memcpy(saved, bitmap, BLKSIZE);
	for (b = end; b < BLKBITSIZE; b++)	// must not be looked at
		bitmap[b / 32] |= 1u << b % 32;

	// All blocks that are free, and no others
	for (; first_in(bitmap) < end; n++) {
		remember_bits();
		b = first_in(bits);
		r = alloc_block();
		if (r < 0) {
			expect(false, "block %u is free, expected its number, "
				"got %s", b, result_name(r));
			break;
		}
		expect(r == (int) b, "expected %u, the first free block, got "
			"%d", b, r);
		bits[b / 32] &= ~(1u << b % 32);
		expect(memcmp(bits, bitmap, BLKSIZE) == 0, "block %d was "
			"allocated, expected only its bit to be cleared", r);
		if (r != (int) b || memcmp(bits, bitmap, BLKSIZE) != 0)
			break;
	}
	memcpy(bits, saved, BLKSIZE);
	for (b = 0; b < end; b++)
		bitmap[b / 32] &= ~(1u << b % 32);
	check_full_disk();

	// Freed in the middle, and below that
	b = first_in(saved);
	if (b < end - 40) {
		free_block(b + 33);
		expect(alloc_block() == (int) b + 33,
			"does not find a block that was freed");
		free_block(b + 33);
		free_block(b);
		expect(alloc_block() == (int) b,
			"expected the lower of two blocks that were freed");
	}
	memcpy(bits, saved, BLKSIZE);
	give_back();
}

// ------------------------------------------------------------- exercise 4

#define NBLOCKS	(NDIRECT + NINDIRECT)	// of the longest file

static uint32_t *const no_slot = (uint32_t *) 0xC0DE;

// Call file_block_walk, in a request of its own.
static int
walk(uint32_t n, uint32_t **slot, bool alloc)
{
	unpin_blocks();
	*slot = no_slot;
	return checked_walk(&file, n, slot, alloc);
}

static int
get_block(uint32_t n, char **blk)
{
	unpin_blocks();
	*blk = NULL;
	return file_get_block(&file, n, blk);
}

// Let the first free blocks hold something, on the disk and in memory.
static void
soil_free_blocks(void)
{
	uint32_t n = 3;

	fill(disk, 1);
	for (uint32_t b = 0; b < super->s_nblocks && n > 0; b++) {
		if (!block_is_free(b))
			continue;
		drop(diskaddr(b));
		put_sectors(b, disk);
		n--;
	}
}

static bool
is_clear(const char *blk)
{
	for (int i = 0; i < BLKSIZE; i++)
		if (blk[i] != 0)
			return false;
	return true;
}

static void
begin_file(void)
{
	memset(&file, 0, sizeof(file));
	remember_bits();
	soil_free_blocks();
}

// Is `b` a block that was free before, and is not now?
static bool
is_new_block(uint32_t b)
{
	return b < super->s_nblocks && (bits[b / 32] >> b % 32 & 1)
		&& !(bitmap[b / 32] >> b % 32 & 1);
}

// Blocks that no file can have
static void
check_too_long(void)
{
	static const uint32_t n[] = { NBLOCKS, NBLOCKS + 1, 2 * NBLOCKS,
		0x7FFFFFFF, 0xFFFFFFFF };
	const uint32_t used = used_since(), indirect = file.f_indirect;
	uint32_t *slot;

	for (uint32_t i = 0; i < ARRAY_SIZE(n); i++)
		for (int alloc = 0; alloc < 2; alloc++) {
			int r = walk(n[i], &slot, alloc);

			expect(r == -E_INVAL, "block %u of a file, alloc=%d: "
				"expected -E_INVAL, got %s", n[i], alloc,
				result_name(r));
			expect(used_since() == used
				&& file.f_indirect == indirect,
				"allocates for block %u, which no file can "
				"have", n[i]);
		}
}

// What a file without blocks has
static void
check_walk_without(void)
{
	static const uint32_t missing[] = { NDIRECT, NDIRECT + 1, 500,
		NBLOCKS - 1 };
	uint32_t *slot;
	int r;

	for (uint32_t n = 0; n < NDIRECT; n++)
		for (int alloc = 0; alloc < 2; alloc++) {
			r = walk(n, &slot, alloc);
			expect(r == 0 && slot == &file.f_direct[n], "block %u "
				"of a file, alloc=%d: expected 0 and the "
				"address of f_direct[%u], got %s", n, alloc, n,
				r == 0 ? "another address" : result_name(r));
			expect(file.f_direct[n] == 0 && used_since() == 0,
				"allocates for a direct block, whose slot is "
				"in the file itself");
		}
	for (uint32_t i = 0; i < ARRAY_SIZE(missing); i++) {
		r = walk(missing[i], &slot, false);
		expect(r == -E_NOT_FOUND, "block %u of a file without an "
			"indirect block, alloc=0: expected -E_NOT_FOUND, got "
			"%s", missing[i], result_name(r));
		expect(used_since() == 0 && file.f_indirect == 0,
			"allocates an indirect block although alloc is 0");
		file.f_indirect = 0;
	}
	check_too_long();
}

static void
check_walk(void)
{
	uint32_t *slot, *numbers;
	int r;

	look_at("file_block_walk", BLOCKS);
	begin_file();
	check_walk_without();

	r = walk(NDIRECT, &slot, true);
	expect(r == 0, "the first indirect block of a file, alloc=1: expected "
		"0, got %s", result_name(r));
	expect(is_new_block(file.f_indirect), "expected a block that was free "
		"in f_indirect, there is %u", file.f_indirect);
	if (r < 0 || !is_new_block(file.f_indirect)) {
		give_back();
		return;
	}
	expect(used_since() == 1, "expected one block to be allocated, for the "
		"indirect block, %u were", used_since());
	numbers = diskaddr(file.f_indirect);
	expect(is_clear((char *) numbers), "the new indirect block is not full "
		"of zeros: its numbers name blocks of others");
	flush_block(numbers);
	drop((char *) numbers);
	expect(is_clear((char *) numbers), "the new indirect block is full of "
		"zeros in memory only, and never dirty");

	const uint32_t indirect = file.f_indirect;
	uint32_t wrong_slots = 0, first = 0;

	memset(numbers, 0, BLKSIZE);
	for (uint32_t n = NDIRECT; n < NBLOCKS; n++)
		for (int alloc = 0; alloc < 2; alloc++)
			if ((r = walk(n, &slot, alloc)) != 0
			    || slot != &numbers[n - NDIRECT]) {
				first = wrong_slots++ == 0 ? n : first;
			}
	expect(wrong_slots == 0, "block %u of a file: expected 0 and the "
		"address of number %u in the indirect block", first,
		first - NDIRECT);
	expect(is_clear((char *) numbers) && used_since() == 1
		&& file.f_indirect == indirect,
		"with an indirect block: allocates blocks, or changes numbers");
	check_too_long();
	give_back();

	begin_file();
	fill_disk(0);
	r = walk(NDIRECT, &slot, true);
	expect_result("no block was free for the indirect block", r,
		-E_NO_DISK);
	expect(file.f_indirect == 0, "the error left %u in f_indirect",
		file.f_indirect);
	file.f_indirect = 0;
	r = walk(0, &slot, true);
	expect_result("block 0, no block was free", r, 0);
	give_back();
}

static uint32_t
number_of(uint32_t n)
{
	if (n < NDIRECT)
		return file.f_direct[n];
	if (file.f_indirect == 0 || file.f_indirect >= super->s_nblocks)
		return 0;
	return ((uint32_t *) diskaddr(file.f_indirect))[n - NDIRECT];
}

// Block n of a file that has none
static void
check_new_block(uint32_t n)
{
	char *blk, *again;
	int r;

	begin_file();
	r = get_block(n, &blk);
	expect(r == 0, "block %u of an empty file: expected 0, got %s", n,
		result_name(r));

	const uint32_t b = number_of(n);

	expect(r < 0 || is_new_block(b), "block %u of an empty file: expected "
		"the number of a block that was free in its slot, there is %u",
		n, b);
	if (r < 0 || !is_new_block(b))
		goto end;
	expect(blk == diskaddr(b), "block %u of a file is block %u of the "
		"disk, at %p, but *blk is %p", n, b, diskaddr(b), blk);
	expect(used_since() == (n < NDIRECT ? 1 : 2), "block %u of an empty "
		"file: %u blocks were allocated", n, used_since());
	expect(is_clear(diskaddr(b)), "block %u of an empty file is not full "
		"of zeros: it shows what another file had", n);
	expect(file.f_size == 0, "changes the size of the file");

	// It has the block now.
	fill(diskaddr(b), n);
	memcpy(disk, diskaddr(b), BLKSIZE);
	r = get_block(n, &again);
	expect(r == 0 && number_of(n) == b && again == diskaddr(b)
		&& used_since() == (n < NDIRECT ? 1 : 2), "block %u of a file "
		"that has it: expected that block again", n);
	expect(difference(disk, diskaddr(b)) < 0, "a block that the file has "
		"is changed");
	fill_disk(0);
	r = get_block(n, &again);
	expect(r == 0, "a block that the file has, no block is free: expected "
		"0, got %s", result_name(r));
end:
	give_back();
}

static void
check_get_block(void)
{
	static const uint32_t edges[] = { 0, 1, NDIRECT - 1, NDIRECT,
		NDIRECT + 1, NBLOCKS - 1 };
	char *blk;
	int r;

	look_at("file_get_block", BLOCKS);
	for (uint32_t i = 0; i < ARRAY_SIZE(edges); i++)
		check_new_block(edges[i]);

	for (uint32_t n = NBLOCKS; n < NBLOCKS + 2; n++) {
		begin_file();
		r = get_block(n, &blk);
		expect(r == -E_INVAL, "block %u of a file: expected -E_INVAL, "
			"got %s", n, result_name(r));
		expect(used_since() == 0, "allocates for block %u, which no "
			"file can have", n);
		give_back();
	}

	// No block for the data; no block but for the indirect one
	for (uint32_t free = 0; free < 2; free++) {
		const uint32_t n = free == 0 ? 5 : NDIRECT + 5;

		begin_file();
		fill_disk(free);
		r = get_block(n, &blk);
		expect(r == -E_NO_DISK, "block %u of a file, %u blocks are "
			"free: expected -E_NO_DISK, got %s", n, free,
			result_name(r));
		expect(number_of(n) == 0, "block %u of a file, %u blocks are "
			"free: the error left %u in its slot", n, free,
			number_of(n));
		give_back();
	}
}

// ------------------------------------------------------------- exercise 1

// The server may use ports, or it would not be here.
static void
check_privilege(void)
{
	const uint32_t flags = read_eflags();

	look_at("env_create", "lab 5, exercise 1; kern/env.c");
	expect((flags & FL_IOPL_MASK) == FL_IOPL_3,
		"the file server has not IOPL 3 in its flags");
	expect(flags & FL_IF, "the file server runs with interrupts off: "
		"add IOPL to the flags, do not replace them");
	expect(thisenv->env_type == ENV_TYPE_FS, "the file server's env_type "
		"is not ENV_TYPE_FS");
}

// Look at one place.  A panic ends that, and leaves the disk as it was.
static void
run(void (*f)(void))
{
	static uint32_t saved[BLKSIZE / 4];
	const uint32_t nblocks = super->s_nblocks;

	memcpy(saved, bitmap, BLKSIZE);
	if (!panics(f))
		return;
	expect(false, "panics: %s", panic_text);
	super->s_nblocks = nblocks;
	memcpy(bits, saved, BLKSIZE);
	give_back();
}

// To be called before fs_init, which needs the block cache and may panic.
void
look_at_cache(void)
{
	look_at("bc_pgfault and flush_block", BC);
}

void
fs_check(void)
{
	static void (*const places[])(void) = {
		check_privilege, check_bc_pgfault, check_flush_block,
		check_alloc_block, check_walk, check_get_block,
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(places); i++)
		run(places[i]);
	look_no_more();
}
