// fs/test.c - tries the file system before the first client comes.
//
// Entry point: fs_test.  A promise that does not hold ends the server with
// a panic.  The disk is afterwards as it was before.  A disk that is full or
// damaged, that does not take what is written, or whose /newmotd somebody has
// changed, is left alone.

#include <inc/lib.h>

#include <fs/fs.h>

// In fs/newmotd, too
static const char newmotd[] = "This is the NEW message of the day!\n\n";

// A copy of the bitmap's first page is kept here.
#define OLDBITS		((uint32_t *) PGSIZE)

// Does the disk take all of f, of whose blocks blk is one, and the bitmap?
static bool
can_be_written(struct File *f, volatile char *blk)
{
	volatile char *entry = f->f_name;

	*blk = *blk;
	*entry = *entry;
	return file_flush(f) == 0 && !va_is_dirty(bitmap);
}

// Is there what the tests need?
static bool
disk_can_be_tested(void)
{
	int b = alloc_block();
	struct File *f;
	char *blk;

	if (b < 0)
		return false;
	free_block(b);
	flush_bitmap();
	return file_open("/not-found", &f) == -E_NOT_FOUND
		&& file_open("/newmotd", &f) == 0
		&& f->f_size == (off_t) strlen(newmotd)
		&& file_get_block(f, 0, &blk) == 0
		&& strcmp(blk, newmotd) == 0
		&& can_be_written(f, blk);
}

static void
check_alloc_block(void)
{
	int r, b;

	if ((r = new_page(OLDBITS)) < 0)
		panic("no page for the old bitmap: %e", r);
	memmove(OLDBITS, bitmap, PGSIZE);

	if ((b = alloc_block()) < 0)
		panic("alloc_block: %e", b);
	assert(OLDBITS[b / 32] & 1u << b % 32);		// was free
	assert(!(bitmap[b / 32] & 1u << b % 32));	// is not now

	free_block(b);
	assert(memcmp(OLDBITS, bitmap, PGSIZE) == 0);
	flush_bitmap();
	sys_page_unmap(0, OLDBITS);
	cprintf("alloc_block is good\n");
}

static struct File *
check_file_open(void)
{
	struct File *f;
	int r;

	r = file_open("/not-found", &f);
	if (r != -E_NOT_FOUND)
		panic("file_open /not-found: %e", r);
	if ((r = file_open("/newmotd", &f)) < 0)
		panic("file_open /newmotd: %e", r);
	cprintf("file_open is good\n");
	return f;
}

static char *
check_file_get_block(struct File *f)
{
	char *blk;
	int r;

	if ((r = file_get_block(f, 0, &blk)) < 0)
		panic("file_get_block: %e", r);
	if (strcmp(blk, newmotd) != 0)
		panic("file_get_block returned wrong data");
	cprintf("file_get_block is good\n");
	return blk;
}

static void
check_file_flush(struct File *f, char *blk)
{
	*(volatile char *) blk = *blk;
	assert(va_is_dirty(blk));
	file_flush(f);
	assert(!va_is_dirty(blk));
	cprintf("file_flush is good\n");
}

static void
check_file_truncate(struct File *f)
{
	int r;

	if ((r = file_set_size(f, 0)) < 0)
		panic("file_set_size: %e", r);
	assert(f->f_direct[0] == 0);
	assert(!va_is_dirty(f));
	cprintf("file_truncate is good\n");
}

static void
check_file_rewrite(struct File *f)
{
	char *blk;
	int r;

	if ((r = file_set_size(f, strlen(newmotd))) < 0)
		panic("file_set_size 2: %e", r);
	assert(!va_is_dirty(f));
	if ((r = file_get_block(f, 0, &blk)) < 0)
		panic("file_get_block 2: %e", r);
	strcpy(blk, newmotd);
	assert(va_is_dirty(blk));
	file_flush(f);
	assert(!va_is_dirty(blk));
	assert(!va_is_dirty(f));
	assert(!va_is_dirty(bitmap));	// what f names is not free there
	cprintf("file rewrite is good\n");
}

void
fs_test(void)
{
	if (!disk_can_be_tested()) {
		cprintf("The disk is not as it was made: not tested\n");
		return;
	}
	check_alloc_block();
	struct File *f = check_file_open();
	char *blk = check_file_get_block(f);
	check_file_flush(f, blk);
	check_file_truncate(f);
	check_file_rewrite(f);
}
