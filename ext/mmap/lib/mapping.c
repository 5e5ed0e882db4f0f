// ext/mmap/lib/mapping.c - pages of files that are mapped for one environment
// alone.
//
// A page is read by a lease: the file server maps the page of its block cache,
// which a copy replaces.  The server's page itself could not stay: a lease ends
// when any file changes, and then the page may be another file's.
//
// Entry point: mapping_read.

#include <inc/x86.h>

#include <ext/mmap/mapping.h>

// ------------------------------------------------------------- one at a time
// The file's offset is in the page of the descriptor, which forked environments
// share.  Who moves it to read a page holds a lock in that page,
// behind what lib/fd.c keeps there: its environment's id, or 0.

static volatile uint32_t *
lock_of(struct Fd *file)
{
	return (volatile uint32_t *) ((char *) file + PGSIZE) - 1;
}

// If *word is old, store new.  Returns what it was, atomically.
static uint32_t
compare_exchange(volatile uint32_t *word, uint32_t old, uint32_t new)
{
	__asm__ volatile("lock cmpxchgl %2, %1"
		: "+a" (old), "+m" (*word) : "r" (new) : "memory", "cc");
	return old;
}

static bool
has_ended(envid_t env)
{
	return envs[ENVX(env)].env_id != env
		|| envs[ENVX(env)].env_status == ENV_FREE;
}

// Take the lock, also from an environment that was destroyed while it had it,
// and set the offset.
static void
lock_at(struct Fd *file, off_t offset)
{
	uint32_t last = 0, now;

	while ((now = compare_exchange(lock_of(file), last, thisenv->env_id))
	       != last) {
		last = now != 0 && has_ended(now) ? now : 0;
		sys_yield();
	}
	file->fd_offset = offset;
}

static void
unlock(struct Fd *file)
{
	xchg(lock_of(file), 0);
}

// --------------------------------------------------------------------- reading

static off_t
offset_of(const struct Mapping *m, uintptr_t va)
{
	return m->offset + (va - m->region.start);
}

// The request needs no page but the descriptor's, for the fault may be in the
// middle of another request.  A block that changed while it was copied is
// copied again.
int
mapping_read(const struct Mapping *m, uintptr_t va)
{
	struct Fd *file = m->file;
	void *page = (void *) va;
	uint32_t before;
	int r;

	lock_at(file, offset_of(m, va));
	do {
		before = file->fd_file.revocations;
		r = ipc_call(ipc_find_env(ENV_TYPE_FS), FSREQ_LEASE, file,
			PTE_P | PTE_U | PTE_W, page);
		if (r > 0)
			r = page_copy(0, page, m->perm);
		else if (r == 0)	// a hole
			r = sys_page_alloc(0, page, m->perm);
	} while (r == 0 && file->fd_file.revocations != before);
	unlock(file);
	if (r < 0)
		sys_page_unmap(0, page);
	return r;
}
