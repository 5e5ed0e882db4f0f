// Drop one reference to pp, and free pp if it was the last.
static inline void
page_decref(struct PageInfo *pp)
{
	assert(pp->pp_ref > 0);
	if (--pp->pp_ref == 0)
		page_free(pp);
}

// Flush the changed entry for va from the TLB, if this CPU has pgdir loaded.
static inline void
tlb_invalidate(pde_t *pgdir, void *va)
{
	if (rcr3() == PADDR(pgdir))
		invlpg(va);
}
