// kern/pagecall.h - system calls about pages, besides those of the labs
// (kern/pagecall.c).

#ifndef JOS_KERN_PAGECALL_H
#define JOS_KERN_PAGECALL_H

#include <inc/env.h>
#include <inc/syscall.h>
#include <inc/types.h>

int sys_page_map_list(envid_t dstid, const struct PageRun *list, size_t n);
int sys_page_copy(void *srcva, envid_t dstid, void *dstva, int perm);
int sys_page_wait(const uint32_t *word, uint32_t value, uint32_t mappings);
int sys_page_wake(void *va);
int sys_page_held(envid_t envid, void *va, void *guess);

#endif // JOS_KERN_PAGECALL_H
