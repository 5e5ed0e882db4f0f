// fs/format.h - the format of the disk (inc/fs.h) for programs that run on
// the host, and how many blocks its parts take.

#ifndef JOS_FS_FORMAT_H
#define JOS_FS_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Types of 32 bits for the headers of JOS, whatever the host's are.
#define JOS_INC_TYPES_H
#define off_t int32_t
#define size_t uint32_t
#define uintptr_t uint32_t
#define physaddr_t uint32_t
#include <inc/fs.h>
#include <inc/mmu.h>
#undef off_t
#undef size_t
#undef uintptr_t
#undef physaddr_t

#define MAXFILEBLOCKS	(NDIRECT + NINDIRECT)

// How many blocks a file of size bytes has.
static inline uint32_t
blocks_of(uint32_t size)
{
	return size / BLKSIZE + (size % BLKSIZE != 0);
}

// The first block after super block and bitmap, on a disk of nblocks blocks.
static inline uint32_t
first_data_block(uint32_t nblocks)
{
	return 2 + nblocks / BLKBITSIZE + (nblocks % BLKBITSIZE != 0);
}

#endif // JOS_FS_FORMAT_H
