// fs/state.c - the dirty flag of the disk, and what is done if it is set at the
// start.
//
// The flag is set before the first change, and cleared by a sync, when all
// blocks are written.  If it is set when the server starts, the power failed,
// or the machine was stopped, between changes.  Ordered writes (fs/order.c)
// make sure that no file is damaged then.  state_begin checks that, and frees
// blocks that no file has.  It reads a limited number of blocks, unlike
// fs/fsck.c.
//
// The flag is a word behind struct Super, which other systems do not use.
//
// Entry points:
//   state_begin	check the disk if the flag is set
//   state_set_dirty	set the flag: a block is about to change
//   state_set_clean	clear the flag: all is on the disk

#include <inc/lib.h>

#include <fs/fs.h>

#define DIRTY		0x4E45504F	// "OPEN"
#define MAXLOADS	4096		// blocks that are read

// A bit for each block that a file has
#define CLAIMS		((uint32_t *) 0x0E000000)

static bool is_dirty;
static uint32_t queue[1024];		// blocks of directories, to look at
static uint32_t queued;
static uint32_t loads, nfiles, nwrong;
static bool all_seen;

static volatile uint32_t *
dirty_flag(void)
{
	return (uint32_t *) (super + 1);
}

static int
write_flag(uint32_t value)
{
	*dirty_flag() = value;
	return order_write_back(1, 1) | ide_flush();
}

// A disk that refuses the flag is written to without it.
void
state_set_dirty(void)
{
	if (!is_dirty)
		write_flag(DIRTY);
	is_dirty = true;
}

int
state_set_clean(void)
{
	if (!is_dirty)
		return 0;
	is_dirty = false;
	return write_flag(0);
}

// ------------------------------------------------------------ what is there

// Load block b, unless MAXLOADS blocks have been read.  Returns whether it is
// in memory.
static bool
load_counted(uint32_t b)
{
	if (va_is_mapped(diskaddr(b)))
		return true;
	if (loads++ < MAXLOADS && load_block(diskaddr(b)) == 0)
		return true;
	all_seen = false;
	return false;
}

// A file has block b.  Returns whether it is one for files that no other file
// has.
static bool
claim(uint32_t b)
{
	if (b < first_data_block() || b >= super->s_nblocks
	    || block_is_free(b) || (CLAIMS[b / 32] & 1u << b % 32)) {
		nwrong++;
		return false;
	}
	CLAIMS[b / 32] |= 1u << b % 32;
	return true;
}

// Block number i of f is b.  If f is a directory, queue b to be looked through.
static void
claim_block(const struct File *f, uint32_t i, uint32_t b)
{
	if (b == 0 || !claim(b) || f->f_type != FTYPE_DIR
	    || i >= (uint32_t) f->f_size / BLKSIZE)
		return;
	if (queued < ARRAY_SIZE(queue))
		queue[queued++] = b;
	else
		all_seen = false;
}

// Claim all blocks of f, a copy, since the entry itself may be evicted.
static void
claim_blocks(const struct File *f)
{
	for (uint32_t i = 0; i < NDIRECT; i++)
		claim_block(f, i, f->f_direct[i]);
	if (f->f_indirect == 0 || !claim(f->f_indirect))
		return;

	const uint32_t *numbers = diskaddr(f->f_indirect);

	if (!load_counted(f->f_indirect))
		return;
	for (uint32_t i = 0; i < NINDIRECT; i++)
		claim_block(f, NDIRECT + i, numbers[i]);
}

static void
claim_entries(uint32_t b)
{
	static struct File copy;
	const struct File *entries = diskaddr(b);

	for (uint32_t i = 0; i < BLKFILES; i++) {
		if (!load_counted(b))	// it may have been evicted
			return;
		copy = entries[i];
		if (copy.f_name[0] == '\0')
			continue;
		nfiles++;
		claim_blocks(&copy);
	}
}

// Free the blocks that are in use but no file's.  Returns how many there were.
static uint32_t
free_unclaimed(void)
{
	uint32_t n = 0;

	for (uint32_t b = first_data_block(); b < super->s_nblocks; b++)
		if (!block_is_free(b) && !(CLAIMS[b / 32] & 1u << b % 32)) {
			free_block(b);
			n++;
		}
	return n;
}

// Claim the blocks of all files, print what was found, and free the blocks that
// no file has if all files were looked at and nothing is wrong.
static void
check_files(void)
{
	static struct File root;

	queued = loads = nfiles = nwrong = 0;
	all_seen = true;
	root = super->s_root;
	claim_blocks(&root);
	for (uint32_t i = 0; i < queued; i++)
		claim_entries(queue[i]);
	cprintf("The disk was not left in order: %u files, %u numbers of "
		"blocks wrong%s\n", nfiles, nwrong,
		all_seen ? "" : ", as far as we looked");
	if (nwrong > 0)
		cprintf("obj/fs/fsck -y repairs that\n");
	else if (all_seen)
		cprintf("%u blocks that no file had are free again\n",
			free_unclaimed());
}

// To be called when super block and bitmap are good.
void
state_begin(void)
{
	const uint32_t npages = super->s_nblocks / BLKBITSIZE + 1;
	const uintptr_t claims = (uintptr_t) CLAIMS;
	uint32_t n = 0;

	is_dirty = *dirty_flag() == DIRTY;
	if (!is_dirty)
		return;
	while (n < npages && sys_page_alloc(0, (void *) (claims + n * PGSIZE),
			PTE_P | PTE_U | PTE_W) == 0)
		n++;
	if (n == npages)
		check_files();
	else
		cprintf("The disk was not left in order\n");
	while (n-- > 0)
		sys_page_unmap(0, (void *) (claims + n * PGSIZE));
}
