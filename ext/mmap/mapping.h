// ext/mmap/mapping.h - what the two files of ext/mmap/lib share.

#ifndef JOS_EXT_MMAP_MAPPING_H
#define JOS_EXT_MMAP_MAPPING_H

#include <ext/regions/regions.h>

struct Mapping {
	struct Region region;		// in use if its end is not 0
	struct Fd *file;		// its descriptor,
	int id;				// which is that of this open file
	off_t offset;			// of the first page, in the file
	int perm;			// of the pages
};

// Map a copy of the block of the file that belongs at va.  Returns 0 or an
// error.
int mapping_read(const struct Mapping *m, uintptr_t va);

// Write the pages in [start, end) that this environment has changed to the
// file, as far as the file reaches.
// Returns 0 or the first error; a page that could not be written stays changed.
int mapping_write(const struct Mapping *m, uintptr_t start, uintptr_t end);

#endif // JOS_EXT_MMAP_MAPPING_H
