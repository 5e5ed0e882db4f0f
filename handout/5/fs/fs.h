// fs/fs.h - the parts of the file server, and what they offer each other.
//
//	ide.c	sectors of the disk
//	bc.c	the block cache: blocks of the disk as pages of memory
//	fs.c	which blocks are free, which make up a file, paths
//	serv.c	requests of other environments
//
// test.c tests fs.c before the server takes requests.

// fs/ide.c
bool ide_probe_disk1(void);
void ide_set_disk(int drive);
int ide_read(uint32_t secno, void *dst, size_t nsecs);
int ide_write(uint32_t secno, const void *src, size_t nsecs);

// fs/bc.c
void *diskaddr(uint32_t blockno);
bool va_is_mapped(const void *va);
bool va_is_dirty(const void *va);
void flush_block(void *addr);
void bc_init(void);

void fs_init(void);
bool block_is_free(uint32_t blockno);
void free_block(uint32_t blockno);
int alloc_block(void);

int file_get_block(struct File *f, uint32_t filebno, char **blk);
int file_create(const char *path, struct File **pf);
int file_open(const char *path, struct File **pf);
ssize_t file_read(struct File *f, void *buf, size_t n, off_t offset);
ssize_t file_write(struct File *f, const void *buf, size_t n, off_t offset);
int file_set_size(struct File *f, off_t size);
void file_flush(struct File *f);
void fs_sync(void);
