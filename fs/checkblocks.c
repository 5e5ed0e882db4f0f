// fs/checkblocks.c - looks at blocks: which are free (alloc_block), and which
// are a file's (file_block_walk, file_get_block).
//
// Entry point: check_blocks.

#include <inc/lib.h>

#include <fs/check.h>
#include <user/check/check.h>

#define ALLOC		"lab 5, exercise 3; fs/fs.c"
#define BLOCKS		"lab 5, exercise 4; fs/fs.c"

static char disk[BLKSIZE];
static struct File file;		// of no directory

// ------------------------------------------------------------- exercise 3

static uint32_t
first_in(const uint32_t *map)
{
	uint32_t b = 0;

	while (b < super->s_nblocks && !(map[b / 32] >> b % 32 & 1))
		b++;
	return b;
}

static void
check_full_disk(void)
{
	remember_bits();
	for (int i = 0; i < 2; i++) {
		expect_result("no block was free", alloc_block(), -E_NO_DISK);
		expect(memcmp(old_bits, bitmap, BLKSIZE) == 0,
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
		b = first_in(old_bits);
		r = alloc_block();
		if (r < 0) {
			expect(false, "block %u is free, expected its number, "
				"got %s", b, result_name(r));
			break;
		}
		expect(r == (int) b, "expected %u, the first free block, got "
			"%d", b, r);
		old_bits[b / 32] &= ~(1u << b % 32);
		expect(memcmp(old_bits, bitmap, BLKSIZE) == 0, "block %d was "
			"allocated, expected only its bit to be cleared", r);
		if (r != (int) b || memcmp(old_bits, bitmap, BLKSIZE) != 0)
			break;
	}
	memcpy(old_bits, saved, BLKSIZE);
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
	memcpy(old_bits, saved, BLKSIZE);
	give_back();
}

static void
free_block_0(void)
{
	free_block(0);
}

static void
check_free_block(void)
{
	const uint32_t end = super->s_nblocks;
	const uint32_t b = first_data_block();

	look_at("free_block and block_is_free", "lab 5; fs/fs.c");
	expect(panics(free_block_0), "block 0 was freed: expected a panic");
	remember_bits();
	bitmap[b / 32] &= ~(1u << b % 32);
	expect(!block_is_free(b), "a block in use is said to be free");
	free_block(b);
	expect(block_is_free(b), "a block that was freed is said to be in use");
	bitmap[end / 32] |= 1u << end % 32;
	expect(!block_is_free(end) && !block_is_free(0xFFFFFFFF),
		"a block behind the end of the disk is said to be free");
	memcpy(bitmap, old_bits, BLKSIZE);
}

// ------------------------------------------------------------- exercise 4

#define NBLOCKS	(NDIRECT + NINDIRECT)	// of the longest file

// Call file_block_walk, in a request of its own.
static int
walk(uint32_t n, uint32_t **slot, bool alloc)
{
	unpin_blocks();
	*slot = NULL;
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

	fill_block(disk, 1);
	for (uint32_t b = 0; b < super->s_nblocks && n > 0; b++) {
		if (!block_is_free(b))
			continue;
		drop_block(diskaddr(b));
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
	return b < super->s_nblocks && (old_bits[b / 32] >> b % 32 & 1)
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
	drop_block((char *) numbers);
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
	fill_block(diskaddr(b), n);
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

static void
panicked(void)
{
	expect(false, "panics: %s", panic_text);
}

int
check_blocks(void)
{
	look_guarded(check_free_block, panicked);
	look_guarded(check_alloc_block, panicked);
	look_guarded(check_walk, panicked);
	look_guarded(check_get_block, panicked);
	return check.looked_at;
}
