// lib/pipe.c - pipes: bytes from one environment to another.
//
// Entry points: pipe, pipeisclosed; the device devpipe; pipe_shared.
//
// The two descriptors of a pipe share a data page with a ring of bytes.
//
// WHO IS STILL THERE?  Nobody tells us that the other side is gone; it may
// have been killed.  But the kernel counts the mappings of each page
// (pages[], UPAGES).  With r and w mappings of the descriptors' pages, whoever
// holds one of them maps the data page too, so that has r + w.  If it has no
// more than our own descriptor, the other side has none.
//
// Other CPUs change these numbers while we look.  So a rule about the order
// of changes: the data page is mapped before the descriptor and unmapped
// after it, by dup and pipe, by fork and spawn (which go from the top down),
// and by the kernel when an environment ends (bottom up).  At every moment
//
//	data >= r + w
//
// Now read data first, then our own count, say r.  Mappings that vanish in
// between do no harm: if r at the end is as large as data was at the start,
// data has become no larger than r, so w is 0.  A mapping of our descriptor
// that was added in between would deceive us, if its data page was added in
// between as well.  Who does that calls fd_sharing between these two steps,
// so that fd_shares, read before and after, shows it.  Hence: equal counts
// and no call of fd_sharing mean that the other side is gone, for ever, as
// only those who have a descriptor can pass it on.
//
// SLEEPING.  Who finds nothing to do sleeps over the data page: the kernel
// wakes it when the other side says so, after a change of p_rpos or p_wpos, and
// when a mapping of this page goes away.  As this follows the descriptor's,
// the last of the other side to go wakes us when there is nothing left of it.
// But our own side may also grow meanwhile: between the two steps of somebody
// who makes a copy of our descriptor, data is larger than our count, as if the
// other side were there.  So who has made one wakes the sleepers (pipe_shared).

#include <inc/lib.h>
#include <inc/x86.h>

#define PIPEBUFSIZ	2048		// a power of 2, for positions wrap

#define PERM_SHARED	(PTE_P | PTE_U | PTE_W | PTE_SHARE)

// Positions count all bytes that ever went through, and wrap.
struct Pipe {
	volatile uint32_t p_rpos;
	volatile uint32_t p_wpos;
	volatile envid_t p_owner;	// who may use all this now; 0: nobody
	volatile uint32_t p_sleepers;	// more, if some were killed
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

// An environment that is dying may still run on another CPU.
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

// Several may want to read or to write at the same time.  An owner that was
// killed loses the pipe; it is in order at every moment, for a position moves
// only after its bytes were copied.
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

// How many bytes are in the ring, also if somebody has spoiled the positions.
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

// --------------------------------------------------------- sleep and waking

// What an end saw before it looked what there is to do.
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

// Sleep unless that has changed.
static void
pipe_sleep(struct Pipe *p, const struct Seen *seen)
{
	xadd(&p->p_sleepers, 1);
	page_wait(seen->pos, seen->value, seen->mappings);
	xadd(&p->p_sleepers, -1);
}

// After pipe_unlock.  Either we see that somebody is about to sleep, or the
// kernel sees that the position has changed.
static void
pipe_wake(struct Pipe *p)
{
	if (p->p_sleepers)
		sys_page_wake(p);
}

// Must be called after the descriptor was mapped once more.
void
pipe_shared(struct Fd *fd)
{
	pipe_wake(fd2pipe(fd));
}

// -------------------------------------------------------------- the device

// Waits for a byte; 0 when none is left and no writer either.  Look for
// writers first: the last one may write, and go, while we look.
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

// Waits until all is written, or nobody is left to read it.
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

// The descriptor first, as said above.
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
