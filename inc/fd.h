// inc/fd.h - file descriptors: one page each, shared by all environments that
// have the descriptor open.

#ifndef JOS_INC_FD_H
#define JOS_INC_FD_H

#include <inc/fs.h>
#include <inc/types.h>

struct Fd;
struct Stat;

// The operations of a kind of file.  A device that cannot truncate has
// dev_not_supported (lib/fd.c), which returns -E_NOT_SUPP.
struct Dev {
	int dev_id;			// the fd_dev_id of its descriptors
	const char *dev_name;
	ssize_t (*dev_read)(struct Fd *fd, void *buf, size_t n);
	ssize_t (*dev_write)(struct Fd *fd, const void *buf, size_t n);
	int (*dev_close)(struct Fd *fd);
	int (*dev_stat)(struct Fd *fd, struct Stat *st);
	int (*dev_trunc)(struct Fd *fd, off_t size);
};

struct FdFile {
	int id;				// the file server's id of the open file
	volatile uint32_t revocations;	// the server adds 1 to revoke leases
};

struct Fd {
	int fd_dev_id;
	off_t fd_offset;
	int fd_omode;
	union {
		struct FdFile fd_file;	// fd_dev_id is 'f'
	};
};

struct Stat {
	char st_name[MAXNAMELEN];
	off_t st_size;
	int st_isdir;
	struct Dev *st_dev;
};

_Static_assert(sizeof(struct Fd) == 20, "shared by client and file server");
_Static_assert(sizeof(struct Stat) == 140, "programs know this layout");

// Where lib/file.c maps the file block that it leases from the server
#define FDLEASE		0xD0040000

char *fd2data(struct Fd *fd);
int fd2num(struct Fd *fd);
int fd_alloc(struct Fd **store);
int fd_lookup(int num, struct Fd **store);
int fd_close(struct Fd *fd, bool must_exist);
int dev_lookup(int dev_id, struct Dev **store);
int dev_not_supported(struct Fd *fd, off_t size);
void fd_sharing(void *va);
void fd_shared(void *va);
uint32_t fd_shares(struct Fd *fd);

extern struct Dev devfile;		// lib/file.c
extern struct Dev devcons;		// lib/console.c
extern struct Dev devpipe;		// lib/pipe.c
void pipe_shared(struct Fd *fd);

#endif // JOS_INC_FD_H
