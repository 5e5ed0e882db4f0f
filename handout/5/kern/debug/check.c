// The least number of pages that must be free just after page_init
static size_t
pages_to_be_free(size_t boot_end)
{
	const size_t base = MIN(npages_basemem, (size_t) PGNUM(IOPHYSMEM));

	return base - 2 + npages - boot_end;
}
