// lib/pageref.c - the reference count of a page.
//
// Entry point: pageref.

#include <inc/lib.h>

// How many mappings the page at va has in all environments; 0 for no page.
int
pageref(void *va)
{
	if (!page_is_mapped(va))
		return 0;
	return pages[PGNUM(PTE_ADDR(uvpt[PGNUM(va)]))].pp_ref;
}
