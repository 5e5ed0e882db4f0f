// lib/pipe.c - pipes: bytes from one environment to another.
//
// Entry points: pipe, pipeisclosed; the device devpipe; pipe_shared.
//
// The two descriptors of a pipe share a data page with a ring of bytes.
//
// IS THE OTHER SIDE GONE?  An environment that was killed cannot say so.  But
// the kernel counts the mappings of each page (pages[], UPAGES).  An
// environment that maps a descriptor of the pipe maps the data page for it,
// too.  So if the page of the read descriptor has r mappings and that of the
// write descriptor w, the data page has r + w.  If it has only r, no writer is
// left; if it has only w, no reader.
//
// Other CPUs change these counts while other_side_is_gone reads them.  So the
// order of changes is fixed: the data page is mapped before the descriptor and
// unmapped after it, by dup and pipe, by fork and spawn (from the top down),
// and by the kernel when an environment ends (bottom up).  At every moment
//
//	data >= r + w
//
// A reader reads data first, then r.  Mappings removed in between do no harm:
// if r is as large as data was, data cannot be larger than r by now, so w is 0.
// A mapping of the read descriptor that is added in between could deceive the
// reader, if its data page was mapped in between as well.  But then fd_sharing
// was called between these two steps, and fd_shares, read before and after,
// differs.  Hence: equal counts without a call of fd_sharing mean that the
// other side is gone; for ever, since only an environment that has a descriptor
// can pass it on.  A writer does likewise with w.
//
// SLEEPING.  A side that must wait sleeps on the data page (page_wait).  The
// other side wakes it after a change of p_rpos or p_wpos, and the kernel when a
// mapping of the data page is removed: when the other side's last descriptor
// has been removed, its data page is yet to go, so this wakeup is not missed.
// But while an environment copies the sleeper's own descriptor, the data page
// has one mapping too many for a moment, as if the other side had a descriptor
// left.  So pipe_shared wakes the sleepers when such a copy is complete.

#include <inc/lib.h>
#include <inc/x86.h>

#define PIPEBUFSIZ	2048		// a power of 2, for positions wrap

#define PERM_SHARED	(PTE_P | PTE_U | PTE_W | PTE_SHARE)

// Positions count all bytes that ever went through, and wrap.
struct Pipe {
	volatile uint32_t p_rpos;
	volatile uint32_t p_wpos;
	volatile envid_t p_owner;	// holder of pipe_lock; 0: none
	volatile uint32_t p_sleepers;	// those killed asleep are counted too
	uint8_t p_buf[PIPEBUFSIZ];	// byte i at i % PIPEBUFSIZ
};

_Static_assert(sizeof(struct Pipe) <= PGSIZE, "the data page");

static struct Pipe *
fd2pipe(struct Fd *fd)
{
	return (struct Pipe *) fd2data(fd);
}

// ---------------------------------------------------------- making a pipe

static int
new_page(void *va)
{
	return sys_page_alloc(0, va, PERM_SHARED);
}

static void
end_init(struct Fd *fd, int mode)
{
	fd->fd_dev_id = devpipe.dev_id;
	fd->fd_omode = mode;
}

// Make a pipe to read from at pfd[0] and to write to at pfd[1].
// Returns 0 or an error.
int
pipe(int pfd[2])
{
	struct Fd *out, *in;
	int r;

	if ((r = fd_alloc(&out)) < 0)
		return r;
	if ((r = new_page(fd2data(out))) < 0 || (r = new_page(out)) < 0)
		goto undo_out;

	if ((r = fd_alloc(&in)) < 0)
		goto undo_out;
	if ((r = sys_page_map(0, fd2data(out), 0, fd2data(in), PERM_SHARED)) < 0
	    || (r = new_page(in)) < 0)
		goto undo_in;

	end_init(out, O_RDONLY);
	end_init(in, O_WRONLY);
	pfd[0] = fd2num(out);
	pfd[1] = fd2num(in);
	return 0;

undo_in:
	sys_page_unmap(0, fd2data(in));
undo_out:
	sys_page_unmap(0, out);
	sys_page_unmap(0, fd2data(out));
	return r;
}

// ---------------------------------------------------------- the other side

static bool
other_side_is_gone(struct Fd *fd)
{
	for (;;) {
		uint32_t shares = fd_shares(fd);
		int both = pageref(fd2data(fd));
		int ours = pageref(fd);

		if (both != ours)
			return false;
		if (fd_shares(fd) == shares)
			return true;
		cprintf("pipe race avoided\n");
	}
}

int
pipeisclosed(int num)
{
	struct Fd *fd;
	int r = fd_lookup(num, &fd);

	return r < 0 ? r : other_side_is_gone(fd);
}

// ---------------------------------------------------------------- the ring

// An ENV_DYING environment is not gone: another CPU may still run it.
static bool
env_is_gone(envid_t env)
{
	const volatile struct Env *e = &envs[ENVX(env)];

	return e->env_id != env || e->env_status == ENV_FREE;
}

static bool
pipe_take(struct Pipe *p, envid_t from)
{
	return __sync_bool_compare_and_swap(&p->p_owner, from,
		thisenv->env_id);
}

// Several environments may read or write at the same time.  If the holder of
// the lock was killed, pipe_lock takes the lock over.  The ring is consistent
// even then, since a position moves only after its bytes were copied.
static void
pipe_lock(struct Pipe *p)
{
	while (!pipe_take(p, 0)) {
		envid_t owner = p->p_owner;

		if (owner != 0 && env_is_gone(owner) && pipe_take(p, owner))
			return;
		sys_yield();
	}
}

static void
pipe_unlock(struct Pipe *p)
{
	__sync_synchronize();
	p->p_owner = 0;
}

// How many bytes are in the ring; no more than fit, even if another program
// wrote nonsense to the positions.
static size_t
ring_used(const struct Pipe *p)
{
	return MIN(p->p_wpos - p->p_rpos, (uint32_t) PIPEBUFSIZ);
}

// Take at most n bytes out of the ring; returns how many.
static size_t
ring_get(struct Pipe *p, uint8_t *buf, size_t n)
{
	pipe_lock(p);
	n = MIN(n, ring_used(p));

	const size_t start = p->p_rpos % PIPEBUFSIZ;
	const size_t first = MIN(n, PIPEBUFSIZ - start);

	memcpy(buf, p->p_buf + start, first);
	memcpy(buf + first, p->p_buf, n - first);
	__sync_synchronize();
	p->p_rpos += n;
	pipe_unlock(p);
	return n;
}

// Put at most n bytes into the ring; returns how many.
static size_t
ring_put(struct Pipe *p, const uint8_t *buf, size_t n)
{
	pipe_lock(p);
	n = MIN(n, PIPEBUFSIZ - ring_used(p));

	const size_t start = p->p_wpos % PIPEBUFSIZ;
	const size_t first = MIN(n, PIPEBUFSIZ - start);

	memcpy(p->p_buf + start, buf, first);
	memcpy(p->p_buf, buf + first, n - first);
	__sync_synchronize();
	p->p_wpos += n;
	pipe_unlock(p);
	return n;
}

// -------------------------------------------------------- sleep and wakeup

// What a side saw before it looked into the ring
struct Seen {
	const volatile uint32_t *pos;	// the other side's position
	uint32_t value;
	uint32_t mappings;		// of the data page
};

static struct Seen
look(struct Pipe *p, const volatile uint32_t *pos)
{
	return (struct Seen) {
		.pos = pos, .value = *pos, .mappings = pageref(p),
	};
}

// Sleep, unless the pipe has changed since look returned *seen.
static void
pipe_sleep(struct Pipe *p, const struct Seen *seen)
{
	xadd(&p->p_sleepers, 1);
	page_wait(seen->pos, seen->value, seen->mappings);
	xadd(&p->p_sleepers, -1);
}

// To be called after pipe_unlock.  No wakeup is lost: either pipe_wake reads
// that p_sleepers is not 0, or page_wait sees that the position has changed.
static void
pipe_wake(struct Pipe *p)
{
	if (p->p_sleepers)
		sys_page_wake(p);
}

// Must be called after a pipe's descriptor was mapped once more.
void
pipe_shared(struct Fd *fd)
{
	pipe_wake(fd2pipe(fd));
}

// -------------------------------------------------------------- the device

// Waits for a byte; returns 0 when neither bytes nor writers are left.  Looks
// for writers first, because the last one may write, then close.
static ssize_t
devpipe_read(struct Fd *fd, void *buf, size_t n)
{
	struct Pipe *p = fd2pipe(fd);

	while (n > 0) {
		const struct Seen seen = look(p, &p->p_wpos);
		const bool gone = other_side_is_gone(fd);
		const size_t got = ring_get(p, buf, n);

		if (got > 0)
			pipe_wake(p);
		if (got > 0 || gone)
			return got;
		pipe_sleep(p, &seen);
	}
	return 0;
}

// Waits until all n bytes are written, or no reader is left.
static ssize_t
devpipe_write(struct Fd *fd, const void *buf, size_t n)
{
	struct Pipe *p = fd2pipe(fd);
	size_t done = 0;

	while (done < n) {
		const struct Seen seen = look(p, &p->p_rpos);

		if (other_side_is_gone(fd))
			break;

		const size_t put = ring_put(p, buf + done, n - done);

		done += put;
		if (put > 0)
			pipe_wake(p);
		else
			pipe_sleep(p, &seen);
	}
	return done;
}

// Unmaps the descriptor before the data page, so that data >= r + w.
static int
devpipe_close(struct Fd *fd)
{
	int r = sys_page_unmap(0, fd);

	return r < 0 ? r : sys_page_unmap(0, fd2data(fd));
}

static int
devpipe_stat(struct Fd *fd, struct Stat *st)
{
	struct Pipe *p = fd2pipe(fd);

	strcpy(st->st_name, "<pipe>");
	st->st_size = p->p_wpos - p->p_rpos;
	return 0;
}

struct Dev devpipe = {
	.dev_id = 'p',
	.dev_name = "pipe",
	.dev_read = devpipe_read,
	.dev_write = devpipe_write,
	.dev_close = devpipe_close,
	.dev_stat = devpipe_stat,
	.dev_trunc = dev_not_supported,
};
