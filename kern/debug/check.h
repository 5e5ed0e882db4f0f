// kern/debug/check.h - does memory management hold what it promises?
//
// mem_init calls these while it goes on.  Each prints that it succeeded, or
// panics with what is wrong, and leaves everything as it was.

#ifndef JOS_KERN_DEBUG_CHECK_H
#define JOS_KERN_DEBUG_CHECK_H

#include <inc/types.h>

void check_page_free_list(bool only_low);	// true: just after page_init
void check_page_alloc(void);
void check_page(void);
void check_kern_pgdir(void);
void check_page_installed_pgdir(void);		// once kern_pgdir is loaded

#endif // JOS_KERN_DEBUG_CHECK_H
