// fs/fs.h - the parts of the file server, and what they offer each other.
//
// Each part calls those above it; besides, evict.c calls order.c, to write a
// block back before it is evicted, and order.c calls fs.c:
//
//	ramdisk.c a disk in memory
//	dma.c	sectors moved by DMA
//	ide.c	sectors of the disk
//	evict.c	which blocks stay in memory
//	bc.c	the block cache: blocks of the disk as pages of memory
//	fs.c	which blocks are free, which make up a file, paths
//	order.c	the order in which blocks are written
//	state.c	the dirty flag of the disk
//	serv.c	requests of other environments
//
// test.c tests fs.c before the server takes requests, and check.c looks at what
// students write.

#ifndef JOS_FS_FS_H
#define JOS_FS_FS_H

#include <inc/fs.h>
#include <inc/types.h>

// Block n of the disk appears at DISKMAP + n * BLKSIZE.
#define DISKMAP		0x10000000
#define DISKSIZE	0xC0000000	// bytes; no disk can be larger

#define RUN_BLOCKS	32		// blocks in one transfer

// fs/ramdisk.c
bool ram_begin(void);
int ram_move(uint32_t secno, void *mem, size_t nsecs, bool write);

// fs/dma.c
void dma_stop(void);
bool dma_begin(int drive);
bool dma_transfer(int drive, uint32_t secno, void *mem, size_t nsecs,
	bool write);
bool dma_command(int drive, uint8_t cmd);

// fs/ide.c
extern bool ide_dma_wanted;		// use DMA where it works
bool ide_probe_disk1(void);
void ide_set_disk(int drive);
int ide_read(uint32_t secno, void *dst, size_t nsecs);
int ide_write(uint32_t secno, const void *src, size_t nsecs);
int ide_flush(void);

// fs/evict.c
extern uint32_t cache_budget;		// blocks; 0: choose
extern bool new_page_waits;		// for memory; false: it may fail
void cache_begin(void);
uint32_t cache_run(void);
void cache_loading(const void *page, uint32_t n);
void pin_page(uintptr_t page);
void unpin_blocks(void);
void set_clean(void *page, uint32_t n);
int new_page(void *va);
int cache_page_alloc(void *page);
void cache_page_free(void *page);

// fs/bc.c
void *diskaddr(uint32_t blockno);
bool va_is_mapped(const void *va);
bool va_is_dirty(const void *va);
uint32_t block_at(const void *va);
int load_block(void *addr);
int load_blocks(void *addr, uint32_t n);
int pin_block(void *addr);
void flush_block(void *addr);
int flush_blocks(uint32_t blockno, uint32_t n);
int zero_block(uint32_t blockno);
void bc_init(void);

// fs/fs.c
extern struct Super *super;		// block 1
extern uint32_t *bitmap;		// block 2 on: a bit a block, 1 = free

// The first block after super block and bitmap.
static inline uint32_t
first_data_block(void)
{
	return 2 + (super->s_nblocks + BLKBITSIZE - 1) / BLKBITSIZE;
}

void fs_init(void);
bool block_is_free(uint32_t blockno);
void free_block(uint32_t blockno);
int alloc_block(void);
int flush_bitmap(void);

int file_get_block(struct File *f, uint32_t filebno, char **blk);
int file_create(const char *path, struct File **pf);
int file_open(const char *path, struct File **pf);
int file_lease_block(struct File *f, uint32_t filebno, char **blk);
ssize_t file_read(struct File *f, void *buf, size_t n, off_t offset);
ssize_t file_write(struct File *f, const void *buf, size_t n, off_t offset);
int file_set_size(struct File *f, off_t size);
int file_write_named(struct File *f, int *contents);
int file_flush(struct File *f);
int file_remove(struct File *f);
int fs_sync(void);

// fs/order.c
int order_begin(struct File *f);
void order_end(void);
void order_done(const struct File *f);
int order_settle(void);
uint32_t order_run(uint32_t blockno, uint32_t n);
int order_write_back(uint32_t blockno, uint32_t n);

// fs/state.c
void state_begin(void);
void state_set_dirty(void);
int state_set_clean(void);

// fs/test.c
void fs_test(void);

// fs/check.c
extern int (*const checked_walk)(struct File *f, uint32_t filebno,
	uint32_t **slot, bool alloc);		// file_block_walk of fs.c
void look_at_cache(void);
void fs_check(void);

#endif // JOS_FS_FS_H
