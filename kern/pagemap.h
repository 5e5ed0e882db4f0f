// kern/pagemap.h - runs of pages, and copies of pages.

#ifndef JOS_KERN_PAGEMAP_H
#define JOS_KERN_PAGEMAP_H

#include <inc/memlayout.h>
#include <inc/syscall.h>
#include <inc/types.h>

int page_map_run(pde_t *from, pde_t *to, const struct PageRun *run);
void page_maps_flush(pde_t *pgdir);
int page_insert_copy(pde_t *pgdir, struct PageInfo *pp, void *va, int perm);
int page_replace_by_copy(pde_t *pgdir, void *va, pte_t *pte, int perm);

#endif // JOS_KERN_PAGEMAP_H
