// fs/test.c - tests the file system before the server takes requests.
//
// Entry point: fs_test.  Panics if a function does not do what it should.  The
// disk is afterwards as it was before.

static void
check_alloc_block(void)
{
	int r, b;

	if ((r = sys_page_alloc(0, OLDBITS, PTE_P | PTE_U | PTE_W)) < 0)
		panic("no page for the old bitmap: %e", r);
	memmove(OLDBITS, bitmap, PGSIZE);

	if ((b = alloc_block()) < 0)
		panic("alloc_block: %e", b);
	assert(OLDBITS[b / 32] & 1u << b % 32);		// was free
	assert(!(bitmap[b / 32] & 1u << b % 32));	// is not now

	free_block(b);
	assert(memcmp(OLDBITS, bitmap, PGSIZE) == 0);
	flush_block(bitmap);
	sys_page_unmap(0, OLDBITS);
	cprintf("alloc_block is good\n");
}

void
fs_test(void)
{
	check_alloc_block();
	struct File *f = check_file_open();
	char *blk = check_file_get_block(f);
	check_file_flush(f, blk);
	check_file_truncate(f);
	check_file_rewrite(f);
}
