// fs/fs.h - the parts of the file server, and what they offer each other.
//
//	ide.c	sectors of the disk
//	bc.c	the block cache: blocks of the disk as pages of memory
//	fs.c	which blocks are free, which make up a file, paths
//	serv.c	requests of other environments
//
// test.c tests fs.c before the server takes requests.

void file_flush(struct File *f);
void fs_sync(void);
