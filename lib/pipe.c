// lib/pipe.c - pipes: bytes from one environment to another.
//
// Entry points: pipe, pipeisclosed; the device devpipe.
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

#include <inc/lib.h>

#define PIPEBUFSIZ	32

#define PERM_SHARED	(PTE_P | PTE_U | PTE_W | PTE_SHARE)

// Positions count all bytes that ever went through, and wrap.
struct Pipe {
	uint32_t p_rpos;
	uint32_t p_wpos;
	uint8_t p_buf[PIPEBUFSIZ];	// byte i at i % PIPEBUFSIZ
	volatile envid_t p_owner;	// who may use all this now; 0: nobody
};

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

// Take at most n bytes out of the ring; returns how many.
static size_t
ring_get(struct Pipe *p, uint8_t *buf, size_t n)
{
	pipe_lock(p);
	n = MIN(n, p->p_wpos - p->p_rpos);
	for (size_t i = 0; i < n; i++)
		buf[i] = p->p_buf[(p->p_rpos + i) % PIPEBUFSIZ];
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
	n = MIN(n, PIPEBUFSIZ - (p->p_wpos - p->p_rpos));
	for (size_t i = 0; i < n; i++)
		p->p_buf[(p->p_wpos + i) % PIPEBUFSIZ] = buf[i];
	__sync_synchronize();
	p->p_wpos += n;
	pipe_unlock(p);
	return n;
}

// -------------------------------------------------------------- the device

// Waits for a byte; 0 when none is left and no writer either.  Look for
// writers first: the last one may write, and go, while we look.
static ssize_t
devpipe_read(struct Fd *fd, void *buf, size_t n)
{
	while (n > 0) {
		bool gone = other_side_is_gone(fd);
		size_t got = ring_get(fd2pipe(fd), buf, n);

		if (got > 0 || gone)
			return got;
		sys_yield();
	}
	return 0;
}

// Waits until all is written, or nobody is left to read it.
static ssize_t
devpipe_write(struct Fd *fd, const void *buf, size_t n)
{
	size_t done = 0;

	while (done < n && !other_side_is_gone(fd)) {
		size_t put = ring_put(fd2pipe(fd), buf + done, n - done);

		done += put;
		if (put == 0)
			sys_yield();
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
