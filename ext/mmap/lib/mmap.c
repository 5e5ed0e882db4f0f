// ext/mmap/lib/mmap.c - files as memory.
//
// A mapping is a region (ext/regions) with a file.
//
//	MAP_PRIVATE	a page is read at the first touch, a copy of the file's
//			(mapping.c)
//	MAP_SHARED	all pages are mapped by mmap, with PTE_SHARE; they are
//			the pager's, the same in all programs (shared.c).  What
//			was written to them goes to the file by msync, munmap
//			and exit.
//
// Each mapping opens the file once more, as the descriptor with the highest
// number that is free: the program may close its own, and the offsets are
// apart.  exit closes all descriptors, and close_mapped, which is put before
// the device's function for that, then ends what is shared.
//
// Entry points: mmap, munmap, msync.

#include <ext/mmap/mapping.h>
#include <ext/mmap/mmap.h>

#define NMAPPINGS	16
#define NFDS		32		// as in lib/fd.c

static struct Mapping mappings[NMAPPINGS];

_Static_assert(offsetof(struct Mapping, region) == 0,
	"read_at_first_touch casts");

#define for_each_mapping(m)						\
	for (struct Mapping *m = mappings; m < mappings + NMAPPINGS; m++) \
		if (m->region.end != 0)

// Has the program not closed the mapping's file?  The child of sfork may have,
// which shares mappings[], but not the descriptors.
static bool
is_open(const struct Mapping *m)
{
	return page_is_mapped(m->file) && m->file->fd_dev_id == devfile.dev_id
		&& m->file->fd_file.id == m->id;
}

// The region's handler
static bool
read_at_first_touch(struct Region *region, struct UTrapframe *utf)
{
	const struct Mapping *m = (const struct Mapping *) region;
	const uintptr_t va = ROUNDDOWN(utf->utf_fault_va, PGSIZE);
	int r;

	if (page_is_mapped((void *) va) || !is_open(m))
		return false;
	if ((r = mapping_read(m, va)) < 0)
		panic("reading the file mapped at va %08x: %e", va, r);
	return true;
}

// -------------------------------------------------------------------- closing

static int (*close_file)(struct Fd *fd);	// devfile's

static void
unmap_pages(const struct Mapping *m)
{
	for (uintptr_t va = m->region.start; va < m->region.end; va += PGSIZE)
		sys_page_unmap(0, (void *) va);
}

// A descriptor of a file is closed, by munmap, exit or the program.  The pages
// go first: then the pager can free those that no other program has.
static int
close_mapped(struct Fd *fd)
{
	int r = 0, r2;

	for_each_mapping(m)
		if (m->file == fd && is_open(m) && (m->perm & PTE_SHARE)) {
			unmap_pages(m);
			if (m->pager_id != 0)
				r = shared_sync(m, m->region.start,
					m->region.end);
		}
	r2 = close_file(fd);
	return r < 0 ? r : r2;
}

static void
watch_closing(void)
{
	if (devfile.dev_close == close_mapped)
		return;
	close_file = devfile.dev_close;
	devfile.dev_close = close_mapped;
}

// --------------------------------------------------------------------- opening

// Move descriptor num to the highest number that is free.
// Returns that number or an error; num is closed.
static int
move_up(int num)
{
	struct Fd *fd;
	int high = NFDS - 1, r;

	while (high > num && fd_lookup(high, &fd) == 0)
		high--;
	if (high == num)
		return num;
	r = dup(num, high);
	close(num);
	return r;
}

// Open once more the file that descriptor num is about, if that may be used so.
// All files are in the root directory.
// Returns a descriptor or an error.  Sets *size to the size of the file.
static int
open_again(int num, int prot, int flags, off_t *size)
{
	const bool writes = flags == MAP_SHARED && (prot & PROT_WRITE);
	struct Stat st;
	struct Fd *fd;
	int r;

	if ((r = fd_lookup(num, &fd)) < 0)
		return r;
	if (fd->fd_dev_id != devfile.dev_id)
		return -E_NOT_SUPP;
	if (fd->fd_omode == O_WRONLY || (writes && fd->fd_omode != O_RDWR))
		return -E_INVAL;
	if ((r = fstat(num, &st)) < 0)
		return r;
	if (st.st_isdir)
		return -E_INVAL;
	*size = st.st_size;
	if ((r = open(st.st_name, writes ? O_RDWR : O_RDONLY)) < 0)
		return r;
	return move_up(r);
}

// ------------------------------------------------------------- finding a place

// Where something ends that is in [start, end); 0 if that is free
static uintptr_t
end_of_obstacle(uintptr_t start, uintptr_t end)
{
	const uintptr_t page = next_mapped(start, end);

	for_each_mapping(m)
		if (m->region.start < end && start < m->region.end)
			return m->region.end;
	return page < end ? page + PGSIZE : 0;
}

// Returns the lowest place for len bytes between MMAP_START and MMAP_END, or 0.
static uintptr_t
find_room(size_t len)
{
	uintptr_t va = MMAP_START, next;

	while (va + len <= MMAP_END) {
		if ((next = end_of_obstacle(va, va + len)) == 0)
			return va;
		va = next;
	}
	return 0;
}

// Can these be mmap's arguments?
static bool
arguments_ok(size_t len, int prot, int flags, off_t offset)
{
	return len > 0 && len <= MAXFILESIZE
		&& offset >= 0 && offset % PGSIZE == 0
		&& (prot == PROT_READ || prot == (PROT_READ | PROT_WRITE))
		&& (flags == MAP_SHARED || flags == MAP_PRIVATE);
}

// May the program name this place?
static bool
is_place(uintptr_t va, size_t len)
{
	return va % PGSIZE == 0 && va >= UTEXT && va < MMAP_END
		&& len <= MMAP_END - va;
}

static struct Mapping *
free_mapping(void)
{
	for (struct Mapping *m = mappings; m < mappings + NMAPPINGS; m++)
		if (m->region.end == 0)
			return m;
	return NULL;
}

// Returns the mapping with all of [addr, addr + len), or NULL.
static struct Mapping *
find_mapping(const void *addr, size_t len)
{
	const uintptr_t va = (uintptr_t) addr;

	for_each_mapping(m)
		if (va >= m->region.start && va < m->region.end
		    && len <= m->region.end - va)
			return m;
	return NULL;
}

// ---------------------------------------------------------------- entry points

// Forget m, with its pages and its file.  Returns 0 or an error of writing or
// of closing the file.
static int
end_mapping(struct Mapping *m)
{
	const int r = is_open(m) ? close(fd2num(m->file)) : 0;

	region_remove(&m->region);
	unmap_pages(m);
	m->region.end = 0;
	return r;
}

// Map len bytes of a file, from offset on, at addr, which is between UTEXT and
// MMAP_END, or where there is room if addr is NULL.  prot has PROT_READ and may
// have PROT_WRITE; flags is MAP_SHARED or MAP_PRIVATE.  Behind the end of the
// file, the last page is zeros, and not written back.
// Returns the address; or an error, for mmap_error: -E_INVAL: bad fd or one
// that may not be used so, addr or offset is not the start of a page, or the
// file has no page there; -E_NOT_SUPP: not a file, or MAP_SHARED without
// EXT=mmap; -E_MAX_OPEN: too many mappings or descriptors; -E_NO_MEM: no room
// there, or no memory; or an error of open, of spawn or of reading.
void *
mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	struct Mapping *m = free_mapping();
	uintptr_t va = (uintptr_t) addr;
	off_t size;
	int num, r;

	if (!arguments_ok(len, prot, flags, offset))
		return (void *) -E_INVAL;
	len = ROUNDUP(len, PGSIZE);
	if (va != 0 && !is_place(va, len))
		return (void *) -E_INVAL;
	if (va == 0 ? (va = find_room(len)) == 0
	    : end_of_obstacle(va, va + len) != 0)
		return (void *) -E_NO_MEM;
	if (!m)
		return (void *) -E_MAX_OPEN;

	watch_closing();
	if ((num = open_again(fd, prot, flags, &size)) < 0)
		return (void *) num;
	if (offset >= size || len > ROUNDUP((size_t) size, PGSIZE) - offset) {
		close(num);
		return (void *) -E_INVAL;
	}
	fd_lookup(num, &m->file);
	m->id = m->file->fd_file.id;
	m->offset = offset;
	m->pager_id = 0;
	m->perm = PTE_P | PTE_U | (prot & PROT_WRITE ? PTE_W : 0)
		| (flags == MAP_SHARED ? PTE_SHARE : 0);
	m->region = (struct Region) { .start = va, .end = va + len,
		.handle = read_at_first_touch };
	if ((r = region_add(&m->region)) < 0
	    || (flags == MAP_SHARED && (r = shared_map(m)) < 0)) {
		end_mapping(m);
		return (void *) r;
	}
	return (void *) va;
}

// End the mapping that begins at addr and has len bytes; what was written to it
// goes to the file.  Returns 0; -E_INVAL: there is none, or it has another
// length; or an error of writing, and the mapping has ended.
int
munmap(void *addr, size_t len)
{
	struct Mapping *m = find_mapping(addr, len);

	if (!m || m->region.start != (uintptr_t) addr
	    || ROUNDUP(len, PGSIZE) != m->region.end - m->region.start)
		return -E_INVAL;
	return end_mapping(m);
}

// Write what was written to [addr, addr + len), which is in one shared mapping,
// by any program, to the file, and the file to the disk.  A private mapping has
// nothing for the file.
// Returns 0; -E_INVAL: addr is not the start of a page, no mapping is there, or
// its file is closed; or an error of writing.
int
msync(void *addr, size_t len)
{
	const struct Mapping *m = find_mapping(addr, len);
	const uintptr_t va = (uintptr_t) addr;

	if (va % PGSIZE != 0 || !m || !is_open(m))
		return -E_INVAL;
	if (!(m->perm & PTE_SHARE))
		return 0;
	return shared_sync(m, va, va + ROUNDUP(len, PGSIZE));
}
