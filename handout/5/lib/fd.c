// lib/fd.c - file descriptors: what all kinds of open file have in common.
//
// Entry points for programs:
//   read, readn, write, seek, ftruncate, fstat, stat, dup, close, close_all
// for devices (lib/file.c, lib/pipe.c, lib/console.c):
//   fd_alloc, fd_lookup, fd_close, fd2num, fd2data, dev_lookup,
//   dev_not_supported
//
// Descriptor i is the page at FDTABLE + i * PGSIZE, with a struct Fd at its
// start; it is open if the page is mapped.  A device may have another page of
// data with it, at FILEDATA + i * PGSIZE.  Both carry PTE_SHARE, so children
// inherit them, and their copies move one common file offset.

void
close_all(void)
{
	for (int num = 0; num < MAXFD; num++)
		close(num);
}
