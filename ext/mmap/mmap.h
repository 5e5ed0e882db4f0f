// ext/mmap/mmap.h - files as memory.

#ifndef JOS_EXT_MMAP_H
#define JOS_EXT_MMAP_H

#include <ext/regions/regions.h>

#define PROT_READ	1
#define PROT_WRITE	2

#define MAP_SHARED	1	// what is written is the file's
#define MAP_PRIVATE	2	// what is written is this environment's alone

// Where mmap looks for room if the program names no address
#define MMAP_START	0x40000000
#define MMAP_END	0x80000000

// The error that mmap returned, or 0
static inline int
mmap_error(const void *p)
{
	return (uintptr_t) p > (uintptr_t) -MAXERROR ? (int) p : 0;
}

// ext/mmap/lib/mmap.c
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
int munmap(void *addr, size_t len);
int msync(void *addr, size_t len);

#endif // JOS_EXT_MMAP_H
