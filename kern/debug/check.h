// kern/debug/check.h - checks of kern/pmap.c, at boot (kern/debug/check.c).

#ifndef JOS_KERN_DEBUG_CHECK_H
#define JOS_KERN_DEBUG_CHECK_H

#include <inc/types.h>

void check_page_free_list(bool only_low);	// true: just after page_init
void check_page_alloc(void);
void check_page(void);
void check_kern_pgdir(void);
void check_page_installed_pgdir(void);		// once kern_pgdir is loaded

#endif // JOS_KERN_DEBUG_CHECK_H
