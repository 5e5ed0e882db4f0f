// ext/mmap/mapping.h - what the files of ext/mmap/lib share.

#ifndef JOS_EXT_MMAP_MAPPING_H
#define JOS_EXT_MMAP_MAPPING_H

#include <ext/regions/regions.h>

struct Mapping {
	struct Region region;		// in use if its end is not 0
	struct Fd *file;		// its descriptor,
	int id;				// which is that of this open file
	off_t offset;			// of the first page, in the file
	int perm;			// of the pages; with PTE_SHARE they are
	int pager_id;			// the pager's, whose name for the file
					// this is
};

// lib/mapping.c: map a copy of the block of the file that belongs at va.
// Returns 0 or an error.
int mapping_read(const struct Mapping *m, uintptr_t va);

// lib/shared.c: map all pages of m, which are the pager's.  Returns 0 or an
// error, with some of them there.
int shared_map(struct Mapping *m);

// lib/shared.c: have what was written to the pages in [start, end), by
// whomever, written to the file, and pages freed that no program maps.  Returns
// 0 or an error.
int shared_sync(const struct Mapping *m, uintptr_t start, uintptr_t end);

#endif // JOS_EXT_MMAP_MAPPING_H
