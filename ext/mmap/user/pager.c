// ext/mmap/user/pager.c - the pager: an environment that has the pages of files
// that are mapped shared, and hands them out.  All programs that map block b of
// a file get the same page.
//
// The pager maps each page, too, so it outlives whoever has mapped it, and the
// reference count in pages[] says whether anybody still does: nobody can map a
// page but by the pager or from somebody who maps it.
//
// Of a page that somebody may write to, the pager keeps a copy as it is in the
// file.  So it sees what was written, whoever has done that and however he has
// ended, and writes back no page that has not changed.
//
// Entry points: the requests of ext/mmap/pager.h, which the first program that
// needs a pager starts (ext/mmap/lib/shared.c).

#include <inc/lib.h>

#include <ext/mmap/pager.h>

#define NFILES		16
#define FILEBLOCKS	2048		// addresses for the pages of a file
#define PAGES		0x10000000
#define CLEAN		0x20000000	// their copies
#define REQVA		0x30000000	// the page of a request

#define PERM_OWN	(PTE_P | PTE_U | PTE_W)

_Static_assert(MAXFILESIZE <= FILEBLOCKS * PGSIZE, "every file has room");
_Static_assert(PAGES + NFILES * FILEBLOCKS * PGSIZE <= CLEAN
	&& CLEAN + NFILES * FILEBLOCKS * PGSIZE <= REQVA,
	"pages and copies have room");

static struct Shared {
	bool used;
	int id;				// slot, plus NFILES for each use of it
	int fd;
	uint32_t nblocks;		// the pager has no page behind these
	char name[MAXNAMELEN];		// "" if it was removed since
} files[NFILES];

static char *
page_of(const struct Shared *f, uint32_t block)
{
	return (char *) PAGES + ((f - files) * FILEBLOCKS + block) * PGSIZE;
}

static char *
clean_copy(char *page)
{
	return page + (CLEAN - PAGES);
}

// for_each_page(f, page): the pages of f that the pager has
#define for_each_page(f, page)						\
	for (char *page = next_page(page_of((f), 0), (f)); page;	\
	     page = next_page(page + PGSIZE, (f)))

static char *
next_page(char *from, const struct Shared *f)
{
	const uintptr_t end = (uintptr_t) page_of(f, f->nblocks);
	const uintptr_t va = next_mapped((uintptr_t) from, end);

	return va < end ? (char *) va : NULL;
}

// ------------------------------------------------------------ reading, writing

// Returns 0 or an error, with no page there.
static int
read_page(const struct Shared *f, char *page)
{
	int r;

	if ((r = sys_page_alloc(0, page, PERM_OWN)) < 0)
		return r;
	if ((r = seek(f->fd, page - page_of(f, 0))) < 0
	    || (r = readn(f->fd, page, PGSIZE)) < 0)
		sys_page_unmap(0, page);
	return MIN(r, 0);
}

static bool
is_equal(const char *page, const char *other)
{
	size_t n = PGSIZE / 4;
	bool equal;

	__asm__ volatile("repe cmpsl"
		: "+S" (page), "+D" (other), "+c" (n), "=@cce" (equal)
		: : "memory");
	return equal;
}

// Write the bytes of the file that are in a page.  Returns 0 or an error.
static int
write_page(const struct Shared *f, off_t offset, const char *buf)
{
	struct Stat st;
	ssize_t r;

	if ((r = fstat(f->fd, &st)) < 0 || (r = seek(f->fd, offset)) < 0)
		return r;
	for (off_t end = MIN(offset + PGSIZE, st.st_size); offset < end;
	     offset += r, buf += r)
		if ((r = write(f->fd, buf, end - offset)) <= 0)
			return r < 0 ? r : -E_UNSPECIFIED;
	return 0;
}

// Write a page to the file if it was written to since it was last there.  What
// is written meanwhile is left for the next time.
// Returns 1, 0 if there was nothing to write, or an error.
static int
write_back(const struct Shared *f, char *page)
{
	static char now[PGSIZE];
	char *clean = clean_copy(page);
	int r;

	if (!page_is_mapped(clean) || is_equal(page, clean))
		return 0;
	memcpy(now, page, PGSIZE);
	if ((r = write_page(f, page - page_of(f, 0), now)) < 0)
		return r;
	memcpy(clean, now, PGSIZE);
	return 1;
}

// Have the server write the file to the disk, as closing it would.
static int
flush_file(const struct Shared *f)
{
	struct Fd *fd;
	const int r = fd_lookup(f->fd, &fd);

	return r < 0 ? r : devfile.dev_close(fd);
}

// ----------------------------------------------------------------------- files

// Free the pages that nobody maps any more, and close the files that have none.
// Somebody may have written to them and ended without a word, so they are
// written back first; those that cannot be, as the disk is full, stay for the
// next time, unless the file was removed.
static void
free_unused(void)
{
	for (struct Shared *f = files; f < files + NFILES; f++) {
		if (!f->used)
			continue;
		for_each_page(f, page) {
			if (pageref(page) > 1)
				continue;

			const int r = write_back(f, page);

			if (r < 0 && r != -E_INVAL)
				continue;
			sys_page_unmap(0, page);
			sys_page_unmap(0, clean_copy(page));
		}
		if (!next_page(page_of(f, 0), f)) {
			close(f->fd);
			f->used = false;
		}
	}
}

// Is f, which is in use, the file that has this name now?
static bool
has_name(struct Shared *f, const char *name)
{
	struct Stat st;

	if (strcmp(f->name, name) != 0)
		return false;
	if (fstat(f->fd, &st) != -E_INVAL)
		return true;
	f->name[0] = '\0';		// it was removed
	return false;
}

// Find the file with this name, or open it.  Returns 0 or an error.
static int
file_named(const char *name, struct Shared **store)
{
	struct Shared *unused = NULL;
	int r;

	for (struct Shared *f = files; f < files + NFILES; f++)
		if (!f->used) {
			unused = f;
		} else if (has_name(f, name)) {
			*store = f;
			return 0;
		}
	if (!unused)
		return -E_MAX_OPEN;
	if ((r = open(name, O_RDWR)) < 0)
		return r;
	unused->used = true;
	unused->id += unused->id ? NFILES : NFILES + (unused - files);
	unused->fd = r;
	unused->nblocks = 0;
	strcpy(unused->name, name);
	*store = unused;
	return 0;
}

static int
file_of(int id, struct Shared **store)
{
	struct Shared *f = &files[(uint32_t) id % NFILES];

	if (!f->used || f->id != id)
		return -E_INVAL;
	*store = f;
	return 0;
}

// -------------------------------------------------------------------- requests

static int
serve_map(const struct PagerRequest *req, char **page)
{
	struct Shared *f;
	char *clean;
	int r;

	if (req->block >= FILEBLOCKS)
		return -E_INVAL;
	if (req->id == 0)
		free_unused();
	if ((r = req->id == 0 ? file_named(req->name, &f)
			: file_of(req->id, &f)) < 0)
		return r;
	f->nblocks = MAX(f->nblocks, req->block + 1);
	*page = page_of(f, req->block);
	clean = clean_copy(*page);
	if (!page_is_mapped(*page) && (r = read_page(f, *page)) < 0)
		return r;
	if (req->writes && !page_is_mapped(clean)) {
		if ((r = sys_page_alloc(0, clean, PERM_OWN)) < 0)
			return r;
		memcpy(clean, *page, PGSIZE);	// nobody could write so far
	}
	return f->id;
}

static int
serve_sync(const struct PagerRequest *req)
{
	bool changed = false;
	struct Shared *f;
	int r, result = 0;

	if ((r = file_of(req->id, &f)) < 0)
		return r;
	for_each_page(f, page) {
		if ((page - page_of(f, 0)) / PGSIZE - req->block >= req->n)
			continue;
		r = write_back(f, page);
		result = MIN(result, r);
		changed |= r > 0;
	}
	if (changed && (r = flush_file(f)) < 0)
		result = r;
	free_unused();
	return result;
}

static int
serve(uint32_t number, struct PagerRequest *req, char **page)
{
	req->name[MAXNAMELEN - 1] = '\0';
	switch (number) {
	case PAGER_MAP:
		return serve_map(req, page);
	case PAGER_SYNC:
		return serve_sync(req);
	default:
		return -E_INVAL;
	}
}

// Drop what the program that started the pager shares with its children: else
// the end of a pipe that it has would never come.
static void
drop_inherited(void)
{
	close_all();
	for (uintptr_t va = UTOP; prev_mapped(&va); )
		if (uvpt[PGNUM(va)] & PTE_SHARE)
			sys_page_unmap(0, (void *) va);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	drop_inherited();
	sys_ipc_recv((void *) REQVA);
	for (;;) {
		// Before the pager calls the file server
		const envid_t client = thisenv->env_ipc_from;
		const uint32_t number = thisenv->env_ipc_perm & PTE_P
			? thisenv->env_ipc_value : 0;
		struct PagerRequest req = { .id = 0 };
		char *page = NULL;
		int perm = PTE_P | PTE_U | PTE_SHARE;

		if (number != 0)
			req = *(const struct PagerRequest *) REQVA;

		const int answer = serve(number, &req, &page);

		if (req.writes)
			perm |= PTE_W;
		ipc_reply_recv(client, answer, answer < 0 ? NULL : page, perm,
			(void *) REQVA);
	}
}
