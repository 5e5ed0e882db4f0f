// ext/pmm/calls.h - what SYS_pmm does, for programs and the kernel.

#ifndef JOS_EXT_PMM_CALLS_H
#define JOS_EXT_PMM_CALLS_H

enum {
	PMM_COUNT,		// returns the number of free pages
	PMM_MAX_PAGES,		// the most pages that there may be in a run
	PMM_STRESS,		// allocates and frees at random; arg is a seed
	PMM_EXHAUST,		// allocates all there is, and frees it in parts
	PMM_KMALLOC,		// the same as PMM_STRESS with kmalloc
	PMM_FREE_TWICE,		// these panic
	PMM_FREE_PART_TWICE,
	PMM_FREE_USED,
	PMM_KFREE_TWICE,
	PMM_KFREE_OTHER,
	PMM_FREE_LAST,		// of the list
	PMM_FREE_BOUND,		// of the buddy system's zones; arg says which
};

#endif // JOS_EXT_PMM_CALLS_H
