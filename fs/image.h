// fs/image.h - the image of a disk in memory, for programs on the host.
//
// Before a program includes this header, it must define PROGRAM, its name for
// messages, and FAILED, the exit status of die.

#ifndef JOS_FS_IMAGE_H
#define JOS_FS_IMAGE_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fs/format.h>

#define MINBLOCKS	3	// boot sector, super block, bitmap
#define MAXBLOCKS	(0xC0000000 / BLKSIZE)	// the server can map no more

#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))

static uint8_t *disk;			// the image
static uint32_t nblocks;		// blocks on the disk

static void die(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, PROGRAM ": ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(FAILED);
}

static inline void *
block(uint32_t blockno)
{
	return disk + (size_t) blockno * BLKSIZE;
}

// Read the image in file into `disk`.  Returns its number of blocks.
static inline uint32_t
read_image(FILE *file, const char *path)
{
	if (fseek(file, 0, SEEK_END) < 0)
		die("%s: %s", path, strerror(errno));
	long size = ftell(file) / BLKSIZE;
	if (size < MINBLOCKS)
		die("%s is too small for a disk", path);
	size_t n = size < MAXBLOCKS ? (size_t) size : MAXBLOCKS;

	disk = malloc(n * BLKSIZE);
	if (!disk)
		die("out of memory");
	rewind(file);
	if (fread(disk, BLKSIZE, n, file) != n)
		die("%s: cannot read it", path);
	return (uint32_t) n;
}

#endif // JOS_FS_IMAGE_H
