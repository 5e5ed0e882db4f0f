// Find out how much memory there is, make all of it available to page_alloc,
// and build and load the kernel's address space.
void
mem_init(void)
{
	i386_detect_memory();

	kern_pgdir = boot_alloc(PGSIZE);
	memset(kern_pgdir, 0, PGSIZE);
	kern_pgdir[PDX(UVPT)] = PADDR(kern_pgdir) | PTE_U | PTE_P;

	const size_t pages_size = ROUNDUP(npages * sizeof(*pages), PGSIZE);
	pages = boot_alloc(pages_size);
	memset(pages, 0, pages_size);

	const size_t envs_size = ROUNDUP(NENV * sizeof(*envs), PGSIZE);
	envs = boot_alloc(envs_size);
	memset(envs, 0, envs_size);

	page_init();
	check_page_free_list(true);
	check_page_alloc();
	check_page();

	boot_map_region(kern_pgdir, UPAGES, pages_size, PADDR(pages), PTE_U);

	boot_map_region(kern_pgdir, UENVS, envs_size, PADDR(envs), PTE_U);

	boot_map_region(kern_pgdir, KSTACKTOP - KSTKSIZE, KSTKSIZE,
		PADDR(bootstack), PTE_W);

	boot_map_region(kern_pgdir, KERNBASE, MAXPHYSMEM, 0, PTE_W);

	check_kern_pgdir();

	// kern_pgdir, too, maps the kernel at KERNBASE: the code goes on
	lcr3(PADDR(kern_pgdir));
	check_page_free_list(false);

	// WP: PTE_W holds for the kernel as well.
	lcr0((rcr0() | CR0_PE | CR0_WP | CR0_NE | CR0_AM | CR0_PG)
		& ~(CR0_EM | CR0_TS));

	check_page_installed_pgdir();
}
