// lib/pageref.c - by how many mappings a page is in use.
//
// Entry point: pageref.

#include <inc/lib.h>

// How often the page at va is mapped, here and elsewhere; 0 for no page.
int
pageref(void *va)
{
	if (!page_is_mapped(va))
		return 0;
	return pages[PGNUM(PTE_ADDR(uvpt[PGNUM(va)]))].pp_ref;
}
