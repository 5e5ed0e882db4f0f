// fs/state.c - was the disk left in order?
//
// Before the first change a mark is set on the disk, and a sync takes it away
// when all is there.  Where it is found at the beginning, the power went, or
// the machine was stopped, in the midst of changes.  fs/order.c sees to it that
// no file is hurt by that.  We look whether that is so, and give back the
// blocks that no file has any more.  Unlike fs/fsck.c's work, this is bounded.
//
// The mark is behind the super block, in bytes that mean nothing to others.
//
// Entry points:
//   state_begin	look for the mark
//   state_changing	something is about to change
//   state_in_order	all is on the disk

#include <inc/lib.h>

#include <fs/fs.h>

#define MARK		0x4E45504F	// "OPEN"
#define MAXLOADS	4096		// blocks that are read

// A bit for each block that a file has
#define CLAIMS		((uint32_t *) 0x0E000000)

static bool marked;
static uint32_t queue[1024];		// blocks of directories, to look at
static uint32_t queued;
static uint32_t loads, nfiles, nwrong;
static bool all_seen;

static volatile uint32_t *
mark(void)
{
	return (uint32_t *) (super + 1);
}

static int
write_mark(uint32_t value)
{
	*mark() = value;
	return order_write_back(1, 1) | ide_flush();
}

// A disk that does not take the mark is written to without.
void
state_changing(void)
{
	if (!marked)
		write_mark(MARK);
	marked = true;
}

int
state_in_order(void)
{
	if (!marked)
		return 0;
	marked = false;
	return write_mark(0);
}

// ------------------------------------------------------------ what is there

// Returns whether the block is there to be looked at.
static bool
can_look_at(uint32_t b)
{
	if (va_is_mapped(diskaddr(b)))
		return true;
	if (loads++ < MAXLOADS && load_block(diskaddr(b)) == 0)
		return true;
	all_seen = false;
	return false;
}

// A file names this block.  Returns whether that makes sense.
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

// Number i of a file is b.
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

// f may leave memory, so this is a copy.
static void
claim_blocks(const struct File *f)
{
	for (uint32_t i = 0; i < NDIRECT; i++)
		claim_block(f, i, f->f_direct[i]);
	if (f->f_indirect == 0 || !claim(f->f_indirect))
		return;

	const uint32_t *numbers = diskaddr(f->f_indirect);

	if (!can_look_at(f->f_indirect))
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
		if (!can_look_at(b))	// again, for it may have left memory
			return;
		copy = entries[i];
		if (copy.f_name[0] == '\0')
			continue;
		nfiles++;
		claim_blocks(&copy);
	}
}

// Give back what is in use and nobody's.  Returns how many blocks.
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

static void
look(void)
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

// Super block and bitmap are good.
void
state_begin(void)
{
	const uint32_t npages = super->s_nblocks / BLKBITSIZE + 1;
	const uintptr_t claims = (uintptr_t) CLAIMS;
	uint32_t n = 0;

	marked = *mark() == MARK;
	if (!marked)
		return;
	while (n < npages && sys_page_alloc(0, (void *) (claims + n * PGSIZE),
			PTE_P | PTE_U | PTE_W) == 0)
		n++;
	if (n == npages)
		look();
	else
		cprintf("The disk was not left in order\n");
	while (n-- > 0)
		sys_page_unmap(0, (void *) (claims + n * PGSIZE));
}
