// Share the PTE_SHARE pages with the child, at the same addresses and with the
// same permissions.  Returns 0 or an error.
static int
copy_shared_pages(envid_t child)
{
	int r;

	for (uintptr_t at = 0; at < UTOP; at += PGSIZE) {
		void *va = (void *) at;

		if (page_is_mapped(va) && (uvpt[PGNUM(va)] & PTE_SHARE)
		    && (r = sys_page_map(0, va, child, va,
				uvpt[PGNUM(va)] & PTE_SYSCALL)) < 0)
			return r;
	}
	return 0;
}
