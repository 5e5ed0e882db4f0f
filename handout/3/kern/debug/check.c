// Returns the number of pages of the kernel's stack.
static size_t
check_stacks(void)
{
	return check_region("kernel stack", KSTACKTOP - KSTKSIZE, KSTKSIZE,
		PADDR(bootstack), PTE_W);
}

static size_t
pages_to_be_free(size_t boot_end)
{
	const size_t base = MIN(npages_basemem, (size_t) PGNUM(IOPHYSMEM));

	return base - 1 + npages - boot_end;
}
