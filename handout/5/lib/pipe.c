// lib/pipe.c - pipes: bytes from one environment to another.
//
// Entry points: pipe, pipeisclosed; the device devpipe.
//
// The two descriptors of a pipe share a data page with a ring of bytes.
//
// Is the other side gone?  An environment that was killed cannot say so.  But
// the kernel counts the mappings of each page (pages[], UPAGES).  An
// environment that maps a descriptor of the pipe maps the data page for it,
// too.  So if the page of the read descriptor has r mappings and that of the
// write descriptor w, the data page has r + w.  If it has only r, no writer is
// left; if it has only w, no reader.
//
// The data page is mapped before the descriptor and unmapped after it, so that
// the data page never has too few mappings.

struct Pipe {
	volatile uint32_t p_rpos;
	volatile uint32_t p_wpos;
	uint8_t p_buf[PIPEBUFSIZ];	// byte i at i % PIPEBUFSIZ
};

// Another environment may change one of the two counts between the moments at
// which they are read, but not without env_runs changing.
static bool
other_side_is_gone(struct Fd *fd)
{
	for (;;) {
		const uint32_t runs = thisenv->env_runs;
		const bool gone = pageref(fd) == pageref(fd2pipe(fd));

		if (thisenv->env_runs == runs)
			return gone;
		if (gone)
			cprintf("pipe race avoided\n");
	}
}

// Waits for a byte; returns 0 when neither bytes nor writers are left.
static ssize_t
devpipe_read(struct Fd *fd, void *buf, size_t n)
{
	struct Pipe *p = fd2pipe(fd);
	uint8_t *to = buf;
	size_t done = 0;

	while (n > 0 && p->p_rpos == p->p_wpos) {
		if (other_side_is_gone(fd))
			return 0;
		sys_yield();
	}
	while (done < n && p->p_rpos != p->p_wpos) {
		to[done++] = p->p_buf[p->p_rpos % PIPEBUFSIZ];
		p->p_rpos++;
	}
	return done;
}

static ssize_t
devpipe_write(struct Fd *fd, const void *buf, size_t n)
{
	struct Pipe *p = fd2pipe(fd);
	const uint8_t *from = buf;

	for (size_t done = 0; done < n; done++) {
		while (p->p_wpos - p->p_rpos == PIPEBUFSIZ) {
			if (other_side_is_gone(fd))
				return done;
			sys_yield();
		}
		p->p_buf[p->p_wpos % PIPEBUFSIZ] = from[done];
		p->p_wpos++;
	}
	return n;
}
