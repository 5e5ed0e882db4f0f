// inc/fs.h - the boundary between the file server and its clients, and the
// format of the disk, which fs/fsformat.c on the host shares.
//
// A disk is an array of blocks of BLKSIZE bytes:
//
//	0	not the file system's: boot sector, partition table
//	1	struct Super
//	2 ...	free map, a bit a block, 1 = free: bit n%32 of word n/32
//	...	files, directories, indirect blocks
//
// A directory is a file of struct File, BLKFILES a block.  An entry with an
// empty name is free.  A block number of 0 means "no block".

#ifndef JOS_INC_FS_H
#define JOS_INC_FS_H

#include <inc/mmu.h>
#include <inc/types.h>

#define BLKSIZE		PGSIZE
#define BLKBITSIZE	(BLKSIZE * 8)	// blocks that a free map block covers

#define MAXNAMELEN	128		// of a component, with its NUL
#define MAXPATHLEN	1024		// of a path, with its NUL

#define NDIRECT		10		// block numbers in struct File itself
#define NINDIRECT	(BLKSIZE / 4)	// block numbers in the indirect block
#define MAXFILESIZE	((NDIRECT + NINDIRECT) * BLKSIZE)

struct File {
	char f_name[MAXNAMELEN];
	off_t f_size;			// bytes
	uint32_t f_type;		// FTYPE_
	uint32_t f_direct[NDIRECT];
	uint32_t f_indirect;		// a block with NINDIRECT more numbers
	uint8_t f_pad[256 - MAXNAMELEN - 8 - 4 * NDIRECT - 4];
};

#define BLKFILES	(BLKSIZE / sizeof(struct File))

#define FTYPE_REG	0
#define FTYPE_DIR	1

#define FS_MAGIC	0x4A0530AE

struct Super {
	uint32_t s_magic;		// FS_MAGIC
	uint32_t s_nblocks;		// blocks on the disk
	struct File s_root;		// the root directory
};

_Static_assert(sizeof(struct File) == 256, "on disk");
_Static_assert(sizeof(struct Super) == 264, "on disk");

// Requests.  The client sends the number with a page that holds the request.
// The server replies with a number; some replies also fill the request's page.
enum {
	FSREQ_OPEN = 1,			// the reply comes with the Fd page
	FSREQ_SET_SIZE,
	FSREQ_READ,			// the reply fills readRet
	FSREQ_WRITE,
	FSREQ_STAT,			// the reply fills statRet
	FSREQ_FLUSH,
	FSREQ_REMOVE,
	FSREQ_SYNC,
	FSREQ_LEASE			// the page is the Fd; the reply comes
					// with the block at the Fd's offset,
					// read-only
};

union Fsipc {
	struct Fsreq_open {
		char req_path[MAXPATHLEN];
		int req_omode;
	} open;
	struct Fsreq_set_size {
		int req_fileid;
		off_t req_size;
	} set_size;
	struct Fsreq_read {
		int req_fileid;
		size_t req_n;
	} read;
	struct Fsret_read {
		char ret_buf[PGSIZE];
	} readRet;
	struct Fsreq_write {
		int req_fileid;
		size_t req_n;
		char req_buf[PGSIZE - (sizeof(int) + sizeof(size_t))];
	} write;
	struct Fsreq_stat {
		int req_fileid;
	} stat;
	struct Fsret_stat {
		char ret_name[MAXNAMELEN];
		off_t ret_size;
		int ret_isdir;
	} statRet;
	struct Fsreq_flush {
		int req_fileid;
	} flush;
	struct Fsreq_remove {
		char req_path[MAXPATHLEN];
	} remove;

	char _pad[PGSIZE];		// the whole page is the request
};

#endif // JOS_INC_FS_H
