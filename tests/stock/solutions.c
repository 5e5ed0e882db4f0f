// tests/stock/solutions.c - plain solutions of the labs, for tests/test-stock.
//
// Each does what its exercise asks and nothing else: no marks for the
// scheduler, no lists of pages, no way but the labs' own.  "// FILE" says where
// those that follow belong, in place of the ones of the same name.

// kern/pmap.c

// Page 0, the page where other CPUs start, and all from the device hole to the
// end of what boot_alloc has taken are not free.
void
page_init(void)
{
	size_t first_free = PGNUM(PADDR(boot_alloc(0)));

	for (size_t i = 1; i < npages; i++) {
		if (i == PGNUM(MPENTRY_PADDR)
		    || (i >= npages_basemem && i < first_free))
			continue;
		pages[i].pp_ref = 0;
		pages[i].pp_link = page_free_list;
		page_free_list = &pages[i];
	}
}

// kern/env.c

int
env_alloc(struct Env **newenv_store, envid_t parent_id)
{
	struct Env *e = env_free_list;

	if (!e)
		return -E_NO_FREE_ENV;

	int r = env_setup_vm(e);

	if (r < 0)
		return r;
	env_free_list = e->env_link;

	// Generations are 1, 2 and so on, as many as leave an id positive
	uint32_t generation = (uint32_t) e->env_id >> ENVGENSHIFT;

	generation = generation % ((1u << (31 - ENVGENSHIFT)) - 1) + 1;
	e->env_id = generation << ENVGENSHIFT | (e - envs);

	e->env_tf = (struct Trapframe) {
		.tf_cs = GD_UT | 3, .tf_eflags = FL_IF,
		.tf_ss = GD_UD | 3, .tf_esp = USTACKTOP,
		.tf_ds = GD_UD | 3, .tf_es = GD_UD | 3,
	};
	e->env_ipc_recving = 0;
	e->env_pgfault_upcall = 0;
	e->env_runs = 0;
	e->env_parent_id = parent_id;
	e->env_type = ENV_TYPE_USER;
	e->env_status = ENV_RUNNABLE;

	*newenv_store = e;
	if (lab->env_messages)
		cprintf("[%08x] new env %08x\n",
			curenv ? curenv->env_id : 0, e->env_id);
	return 0;
}

// kern/sched.c

void
sched_yield(void)
{
	int start = curenv ? ENVX(curenv->env_id) + 1 : 0;

	for (int n = 0; n < NENV; n++) {
		struct Env *e = &envs[(start + n) % NENV];

		if (e->env_status == ENV_RUNNABLE)
			env_run(e);
	}
	if (curenv && curenv->env_status == ENV_RUNNING)
		env_run(curenv);
	sched_halt();
}

void
sched_halt(void)
{
	bool any = false;

	for (int i = 0; i < NENV; i++)
		any = any || envs[i].env_status == ENV_RUNNABLE
			|| envs[i].env_status == ENV_RUNNING
			|| envs[i].env_status == ENV_DYING;
	if (!any) {
		cprintf("No runnable environments in the system!\n");
		while (1)
			monitor(NULL);
	}

	curenv = NULL;
	lcr3(PADDR(kern_pgdir));
	xchg(&thiscpu->cpu_status, CPU_HALTED);
	unlock_kernel();
	asm volatile("movl $0, %%ebp; movl %0, %%esp; pushl $0; pushl $0; sti;"
		"1: hlt; jmp 1b" : : "a" (thiscpu->cpu_ts.ts_esp0));
	__builtin_unreachable();
}

// kern/trap.c

// Only what the labs name has a gate.
void
trap_init(void)
{
	extern void stub_divide(), stub_debug(), stub_nmi(), stub_brkpt(),
		stub_oflow(), stub_bound(), stub_illop(), stub_device(),
		stub_dblflt(), stub_tss(), stub_segnp(), stub_stack(),
		stub_gpflt(), stub_pgflt(), stub_fperr(), stub_align(),
		stub_mchk(), stub_simderr(), stub_syscall();
	extern void (*const stub_irq[16])();

	SETGATE(idt[T_DIVIDE], 0, GD_KT, stub_divide, 0);
	SETGATE(idt[T_DEBUG], 0, GD_KT, stub_debug, 0);
	SETGATE(idt[T_NMI], 0, GD_KT, stub_nmi, 0);
	SETGATE(idt[T_BRKPT], 0, GD_KT, stub_brkpt, 3);
	SETGATE(idt[T_OFLOW], 0, GD_KT, stub_oflow, 0);
	SETGATE(idt[T_BOUND], 0, GD_KT, stub_bound, 0);
	SETGATE(idt[T_ILLOP], 0, GD_KT, stub_illop, 0);
	SETGATE(idt[T_DEVICE], 0, GD_KT, stub_device, 0);
	SETGATE(idt[T_DBLFLT], 0, GD_KT, stub_dblflt, 0);
	SETGATE(idt[T_TSS], 0, GD_KT, stub_tss, 0);
	SETGATE(idt[T_SEGNP], 0, GD_KT, stub_segnp, 0);
	SETGATE(idt[T_STACK], 0, GD_KT, stub_stack, 0);
	SETGATE(idt[T_GPFLT], 0, GD_KT, stub_gpflt, 0);
	SETGATE(idt[T_PGFLT], 0, GD_KT, stub_pgflt, 0);
	SETGATE(idt[T_FPERR], 0, GD_KT, stub_fperr, 0);
	SETGATE(idt[T_ALIGN], 0, GD_KT, stub_align, 0);
	SETGATE(idt[T_MCHK], 0, GD_KT, stub_mchk, 0);
	SETGATE(idt[T_SIMDERR], 0, GD_KT, stub_simderr, 0);
	SETGATE(idt[T_SYSCALL], 0, GD_KT, stub_syscall, 3);
	for (int i = 0; i < 16; i++)
		SETGATE(idt[IRQ_OFFSET + i], 0, GD_KT, stub_irq[i], 0);
	trap_init_percpu();
}

// kern/syscall.c

static void
sys_cputs(const char *s, size_t len)
{
	user_mem_assert(curenv, s, len, PTE_U);
	cprintf("%.*s", len, s);
}

static envid_t
sys_exofork(void)
{
	struct Env *child;
	int r;

	if ((r = env_alloc(&child, curenv->env_id)) < 0)
		return r;
	child->env_tf = curenv->env_tf;
	child->env_tf.tf_regs.reg_eax = 0;
	child->env_status = ENV_NOT_RUNNABLE;
	return child->env_id;
}

static int
sys_env_set_status(envid_t envid, int status)
{
	struct Env *e;
	int r;

	if (status != ENV_RUNNABLE && status != ENV_NOT_RUNNABLE)
		return -E_INVAL;
	if ((r = envid2env(envid, &e, 1)) < 0)
		return r;
	e->env_status = status;
	return 0;
}

static int
sys_ipc_try_send(envid_t envid, uint32_t value, void *srcva, unsigned perm)
{
	struct Env *to;
	int r;

	if ((r = envid2env(envid, &to, 0)) < 0)
		return r;
	if (!to->env_ipc_recving)
		return -E_IPC_NOT_RECV;
	to->env_ipc_perm = 0;
	if ((uintptr_t) srcva < UTOP) {
		struct PageInfo *pp;
		pte_t *pte;

		if (PGOFF(srcva) != 0 || (perm & ~PTE_SYSCALL)
		    || (perm & (PTE_P | PTE_U)) != (PTE_P | PTE_U))
			return -E_INVAL;
		if (!(pp = page_lookup(curenv->env_pgdir, srcva, &pte)))
			return -E_INVAL;
		if ((perm & PTE_W) && !(*pte & PTE_W))
			return -E_INVAL;
		if ((uintptr_t) to->env_ipc_dstva < UTOP) {
			if ((r = page_insert(to->env_pgdir, pp,
					to->env_ipc_dstva, perm)) < 0)
				return r;
			to->env_ipc_perm = perm;
		}
	}
	to->env_ipc_recving = 0;
	to->env_ipc_from = curenv->env_id;
	to->env_ipc_value = value;
	to->env_tf.tf_regs.reg_eax = 0;
	to->env_status = ENV_RUNNABLE;
	return 0;
}

static int
sys_ipc_recv(void *dstva)
{
	if ((uintptr_t) dstva < UTOP && PGOFF(dstva) != 0)
		return -E_INVAL;
	curenv->env_ipc_dstva = dstva;
	curenv->env_ipc_recving = 1;
	curenv->env_status = ENV_NOT_RUNNABLE;
	return 0;
}

// lib/fork.c

static void
pgfault(struct UTrapframe *utf)
{
	void *page = ROUNDDOWN((void *) utf->utf_fault_va, PGSIZE);
	int r;

	if (!(utf->utf_err & FEC_WR) || !(uvpt[PGNUM(page)] & PTE_COW))
		panic("va %08x is not for writing", utf->utf_fault_va);
	if ((r = sys_page_alloc(0, PFTEMP, PTE_P | PTE_U | PTE_W)) < 0)
		panic("page for a copy: %e", r);
	memmove(PFTEMP, page, PGSIZE);
	if ((r = sys_page_map(0, PFTEMP, 0, page, PTE_P | PTE_U | PTE_W)) < 0
	    || (r = sys_page_unmap(0, PFTEMP)) < 0)
		panic("page for a copy: %e", r);
}

static int
duppage(envid_t envid, unsigned pn)
{
	void *va = (void *) (pn * PGSIZE);
	int perm = uvpt[pn] & PTE_SYSCALL, r;

	if ((perm & PTE_SHARE) || !(perm & (PTE_W | PTE_COW)))
		return sys_page_map(0, va, envid, va, perm);
	perm = (perm & ~PTE_W) | PTE_COW;
	if ((r = sys_page_map(0, va, envid, va, perm)) < 0)
		return r;
	return sys_page_map(0, va, 0, va, perm);
}

envid_t
fork(void)
{
	envid_t child;
	int r;

	set_pgfault_handler(pgfault);
	if ((child = sys_exofork()) < 0)
		return child;
	if (child == 0) {
		thisenv = &envs[ENVX(sys_getenvid())];
		return 0;
	}
	for (unsigned pn = 0; pn < PGNUM(USTACKTOP); pn++)
		if ((uvpd[pn / NPTENTRIES] & PTE_P) && (uvpt[pn] & PTE_P)
		    && (r = duppage(child, pn)) < 0)
			panic("duppage: %e", r);
	if ((r = sys_page_alloc(child, (void *) (UXSTACKTOP - PGSIZE),
			PTE_P | PTE_U | PTE_W)) < 0
	    || (r = sys_env_set_pgfault_upcall(child, _pgfault_upcall)) < 0
	    || (r = sys_env_set_status(child, ENV_RUNNABLE)) < 0)
		panic("fork: %e", r);
	return child;
}

// lib/ipc.c

int32_t
ipc_recv(envid_t *from_env_store, void *pg, int *perm_store)
{
	int r = sys_ipc_recv(pg ? pg : (void *) UTOP);

	if (from_env_store)
		*from_env_store = r < 0 ? 0 : thisenv->env_ipc_from;
	if (perm_store)
		*perm_store = r < 0 ? 0 : thisenv->env_ipc_perm;
	return r < 0 ? r : (int32_t) thisenv->env_ipc_value;
}

void
ipc_send(envid_t to_env, uint32_t val, void *pg, int perm)
{
	int r;

	while ((r = sys_ipc_try_send(to_env, val, pg ? pg : (void *) UTOP,
			perm)) == -E_IPC_NOT_RECV)
		sys_yield();
	if (r < 0)
		panic("ipc_send: %e", r);
}

// lib/pgfault.c

void
set_pgfault_handler(void (*handler)(struct UTrapframe *utf))
{
	int r;

	if (_pgfault_handler == 0) {
		r = sys_page_alloc(0, (void *) (UXSTACKTOP - PGSIZE),
			PTE_P | PTE_U | PTE_W);
		if (r < 0)
			panic("exception stack: %e", r);
		sys_env_set_pgfault_upcall(0, _pgfault_upcall);
	}
	_pgfault_handler = handler;
}

// lib/spawn.c

static int
copy_shared_pages(envid_t child)
{
	for (unsigned pn = 0; pn < PGNUM(UTOP); pn++) {
		void *va = (void *) (pn * PGSIZE);
		int r;

		if (!(uvpd[pn / NPTENTRIES] & PTE_P) || !(uvpt[pn] & PTE_P)
		    || !(uvpt[pn] & PTE_SHARE))
			continue;
		if ((r = sys_page_map(0, va, child, va,
				uvpt[pn] & PTE_SYSCALL)) < 0)
			return r;
	}
	return 0;
}

// lib/file.c

static ssize_t
devfile_write(struct Fd *fd, const void *buf, size_t n)
{
	if (n > sizeof(fsipcbuf.write.req_buf))
		n = sizeof(fsipcbuf.write.req_buf);
	fsipcbuf.write.req_fileid = fd->fd_file.id;
	fsipcbuf.write.req_n = n;
	memmove(fsipcbuf.write.req_buf, buf, n);
	return fsipc(FSREQ_WRITE, NULL);
}

// fs/bc.c

static void
bc_pgfault(struct UTrapframe *utf)
{
	const uint32_t b = (utf->utf_fault_va - DISKMAP) / BLKSIZE;
	char *frame = (char *) DISKMAP + b * BLKSIZE;

	if (b >= DISKSIZE / BLKSIZE)
		panic("page fault in FS, at %08x", utf->utf_fault_va);
	if (super && b >= super->s_nblocks)
		panic("reading non-existent block %08x", b);

	int r = sys_page_alloc(0, frame, PTE_P | PTE_U | PTE_W);

	if (r == 0)
		r = ide_read(b * BLKSECTS, frame, BLKSECTS);
	if (r == 0)		// not dirty any more
		r = sys_page_map(0, frame, 0, frame, PTE_P | PTE_U | PTE_W);
	if (r < 0)
		panic("block %08x cannot be had: %e", b, r);
	if (bitmap && block_is_free(b))
		panic("reading free block %08x", b);
}

void
flush_block(void *addr)
{
	const uint32_t b = ((uintptr_t) addr - DISKMAP) / BLKSIZE;
	char *frame = (char *) DISKMAP + b * BLKSIZE;

	if (b >= DISKSIZE / BLKSIZE)
		panic("flush_block of bad va %08x", addr);
	if (!va_is_mapped(frame) || !va_is_dirty(frame))
		return;
	if (ide_write(b * BLKSECTS, frame, BLKSECTS) < 0
	    || sys_page_map(0, frame, 0, frame, PTE_P | PTE_U | PTE_W) < 0)
		panic("block %08x cannot be written", b);
}

// fs/fs.c

int
alloc_block(void)
{
	for (uint32_t b = 0; b < super->s_nblocks; b++)
		if (block_is_free(b)) {
			bitmap[b / 32] &= ~(1u << (b % 32));
			flush_block(&bitmap[b / 32]);
			return b;
		}
	return -E_NO_DISK;
}

static int
file_block_walk(struct File *f, uint32_t filebno, uint32_t **ppdiskbno,
	bool alloc)
{
	int b;

	if (filebno >= NDIRECT + NINDIRECT)
		return -E_INVAL;
	if (filebno < NDIRECT) {
		*ppdiskbno = &f->f_direct[filebno];
		return 0;
	}
	if (f->f_indirect == 0) {
		if (!alloc)
			return -E_NOT_FOUND;
		if ((b = alloc_block()) < 0)
			return b;
		memset(diskaddr(b), 0, BLKSIZE);
		f->f_indirect = b;
	}
	*ppdiskbno = (uint32_t *) diskaddr(f->f_indirect) + filebno - NDIRECT;
	return 0;
}

int
file_get_block(struct File *f, uint32_t filebno, char **blk)
{
	uint32_t *slot;
	int r;

	if ((r = file_block_walk(f, filebno, &slot, 1)) < 0)
		return r;
	if (*slot == 0) {
		if ((r = alloc_block()) < 0)
			return r;
		memset(diskaddr(r), 0, BLKSIZE);
		*slot = r;
	}
	*blk = diskaddr(*slot);
	return 0;
}

// fs/serv.c

int
serve_read(envid_t envid, union Fsipc *ipc)
{
	const size_t room = sizeof(ipc->readRet.ret_buf);
	const struct Fsreq_read wanted = ipc->read;
	struct OpenFile *file;
	int n = openfile_lookup(envid, wanted.req_fileid, &file);

	if (debug)
		cprintf("%08x reads %u bytes of %08x\n", envid, wanted.req_n,
			wanted.req_fileid);
	if (n == 0)
		n = file_read(file->o_file, ipc->readRet.ret_buf,
			MIN(wanted.req_n, room), file->o_fd->fd_offset);
	if (n > 0)
		file->o_fd->fd_offset += n;
	return n;
}

int
serve_write(envid_t envid, struct Fsreq_write *req)
{
	struct OpenFile *o;
	int r;

	if (debug)
		cprintf("serve_write %08x %08x %08x\n", envid,
			req->req_fileid, req->req_n);
	if ((r = openfile_lookup(envid, req->req_fileid, &o)) < 0)
		return r;
	if ((r = file_write(o->o_file, req->req_buf,
			MIN(req->req_n, sizeof(req->req_buf)),
			o->o_fd->fd_offset)) > 0)
		o->o_fd->fd_offset += r;
	return r;
}
