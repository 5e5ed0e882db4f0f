// fs/test.c - tests the file system before the server takes requests.
//
// Entry point: fs_test.  Panics if a function does not do what it should.  The
// disk is afterwards as it was before.  There is no test on a disk that is
// full, damaged or read-only, or whose /newmotd has been changed.

#include <inc/lib.h>

#include <fs/fs.h>

// The contents of fs/newmotd
static const char newmotd[] = "This is the NEW message of the day!\n\n";

// The address of a copy of the bitmap's first page
#define OLDBITS		((uint32_t *) PGSIZE)

// Can f, which has a block at blk, and the bitmap be written to the disk?
static bool
can_be_written(struct File *f, volatile char *blk)
{
	volatile char *entry = f->f_name;

	*blk = *blk;
	*entry = *entry;
	return file_flush(f) == 0 && !va_is_dirty(bitmap);
}

// Are there a free block and an unchanged, writable /newmotd?
static bool
disk_can_be_tested(void)
{
	static char text[sizeof(newmotd)];
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
		&& file_read(f, text, sizeof(text), 0) == f->f_size
		&& strcmp(text, newmotd) == 0
		&& file_get_block(f, 0, &blk) == 0
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
