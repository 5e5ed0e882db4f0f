// ext/mmap/pager.h - the pager, which has the pages of files that are mapped
// shared: what kernel, pager (ext/mmap/user/pager.c) and programs share.

#ifndef JOS_EXT_MMAP_PAGER_H
#define JOS_EXT_MMAP_PAGER_H

#include <inc/fs.h>

// Requests: the number, with a page that begins with a struct PagerRequest
enum {
	// Page `block` of the file, with PTE_W if `writes`: the file that is
	// open as `id` or, if that is 0, has this name.  The reply is that id,
	// with the page; or an error.
	PAGER_MAP = 1,

	// What was written to the n pages from `block` on goes to the file, and
	// the file to the disk; and pages that only the pager maps any more are
	// freed, of all files.  The reply is 0 or an error of writing.
	PAGER_SYNC,
};

struct PagerRequest {
	char name[MAXNAMELEN];
	int id;
	uint32_t block, n;
	bool writes;
};

#endif // JOS_EXT_MMAP_PAGER_H
