// fs/check.h - what the checks of the file server share.

#ifndef JOS_FS_CHECK_H
#define JOS_FS_CHECK_H

#include <inc/ide.h>

#include <fs/fs.h>

#define BLKSECTS	(BLKSIZE / SECTSIZE)

#define CHECK_CACHE	"lab 5, exercise 2; fs/bc.c"

// fs/check.c
extern char panic_text[];		// of the last panic
bool panics(void (*f)(void));
bool panics_at(void (*f)(void), char *va);
void touch_target(void);		// for panics_at: read a byte,
void change_target(void);		// change it,
void flush_target(void);		// flush the block

void get_sectors(uint32_t blockno, char *buf);
void put_sectors(uint32_t blockno, const char *buf);
void fill_block(char *buf, uint32_t seed);
int difference(const char *a, const char *b);
void drop_block(char *va);

extern uint32_t old_bits[];			// the bitmap, at remember_bits
void remember_bits(void);
uint32_t used_since(void);
void give_back(void);
void fill_disk(uint32_t n);

void look_guarded(void (*f)(void), void (*panicked)(void));

// fs/checkcache.c, fs/checkblocks.c: how much they looked at
int check_cache(void);
int check_blocks(void);

#endif // JOS_FS_CHECK_H
