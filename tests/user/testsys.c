// tests/user/testsys.c - a system call that must fail returns the right error
// and changes nothing.
//
// tests/user/sysneg.c tests single invalid arguments.
//
// The targets are a child, a grandchild (which this program must not control),
// and an environment that has ended.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)

#define PAGE	((char *) 0x0A000000)	// a page of ours, writable
#define ROPAGE	((char *) 0x0A001000)	// another, read-only
#define NOPAGE	((char *) 0x0A002000)	// none there
#define LANDING	((char *) 0x0B000000)	// where receivers want pages
#define POOL	((char *) 0x10000000)	// all the memory there is
#define FAR	((char *) 0xB0000000)	// nothing near it: no page table

static void
expect(int line, const char *call, int got, int want)
{
	if (got != want)
		panic("line %d: %s: returned %d, not %d", line, call, got,
			want);
}

#define SUCCEEDS(call)		expect(__LINE__, #call, call, 0)
#define FAILS(call, error)	expect(__LINE__, #call, call, -(error))

static void
until_gone(envid_t id)
{
	while (!is_gone(id))
		sys_yield();
}

static void
until_receiving(envid_t id)
{
	while (!envs[ENVX(id)].env_ipc_recving)
		sys_yield();
}

static envid_t
exofork_or_panic(void)
{
	envid_t child = sys_exofork();

	if (child < 0)
		panic("sys_exofork: %e", child);
	return child;
}

// --------------------------------------------------------------------- ids

// Calls that are allowed only on the caller itself or a child.
static void
refuse_control(envid_t id)
{
	struct Trapframe tf = { .tf_eip = UTEXT };

	FAILS(sys_env_destroy(id), E_BAD_ENV);
	FAILS(sys_env_set_status(id, ENV_RUNNABLE), E_BAD_ENV);
	FAILS(sys_env_set_status(id, ENV_NOT_RUNNABLE), E_BAD_ENV);
	FAILS(sys_env_set_trapframe(id, &tf), E_BAD_ENV);
	FAILS(sys_env_set_pgfault_upcall(id, NULL), E_BAD_ENV);
	FAILS(sys_page_alloc(id, NOPAGE, RW), E_BAD_ENV);
	FAILS(sys_page_unmap(id, PAGE), E_BAD_ENV);
	FAILS(sys_page_map(id, PAGE, 0, NOPAGE, RO), E_BAD_ENV);
	FAILS(sys_page_map(0, PAGE, id, NOPAGE, RO), E_BAD_ENV);
}

static void
refuse_all(envid_t id)
{
	refuse_control(id);
	FAILS(sys_ipc_try_send(id, 0, (void *) UTOP, 0), E_BAD_ENV);
	FAILS(sys_env_wait(id), E_BAD_ENV);
}

// The child must not control its parent.  It forks the grandchild, and sends
// its id to the parent.
static void
child_with_child(envid_t parent)
{
	envid_t grandchild;

	refuse_control(parent);
	if ((grandchild = fork_or_panic()) == 0) {
		ipc_recv(NULL, NULL, NULL);
		exit();
	}
	ipc_send(parent, grandchild, NULL, 0);
	ipc_recv(NULL, NULL, NULL);
	exit();
}

static void
test_ids(void)
{
	envid_t me = sys_getenvid(), child, grandchild;

	if ((child = fork_or_panic()) == 0)
		child_with_child(me);
	grandchild = ipc_recv(NULL, NULL, NULL);
	refuse_control(grandchild);

	// Any environment may send to any other
	until_receiving(grandchild);
	SUCCEEDS(sys_ipc_try_send(grandchild, 0, (void *) UTOP, 0));
	until_gone(grandchild);
	until_receiving(child);
	SUCCEEDS(sys_env_destroy(child));
	until_gone(child);

	refuse_all(child);			// ended
	refuse_all(me + NENV);			// our slot, another time
	refuse_all(ENVX(me) + NENV * 0xFFFF);
	refuse_all(-1);
	refuse_all(0x80000000);
	refuse_all(NENV - 1);			// a slot never used
}

// --------------------------------------------------------------- page bits

static void
test_perms(void)
{
	// A read-only page cannot be mapped writable, not even in place
	FAILS(sys_page_map(0, ROPAGE, 0, NOPAGE, RW), E_INVAL);
	FAILS(sys_page_map(0, ROPAGE, 0, ROPAGE, RW), E_INVAL);
	if (uvpd[PDX(NOPAGE)] & PTE_P && uvpt[PGNUM(NOPAGE)] & PTE_P)
		panic("a call that failed mapped a page");

	// The PTE_AVAIL bits are kept
	SUCCEEDS(sys_page_map(0, PAGE, 0, NOPAGE, RO | PTE_AVAIL));
	if ((uvpt[PGNUM(NOPAGE)] & PTE_SYSCALL) != (RO | PTE_AVAIL))
		panic("page bits are %x", uvpt[PGNUM(NOPAGE)]);
	SUCCEEDS(sys_page_unmap(0, NOPAGE));
}

// A page is mapped again in place with other permissions, which apply from the
// next access on.
static void
test_remap(void)
{
	int refs;

	*PAGE = 1;
	refs = pageref(PAGE);
	SUCCEEDS(sys_page_map(0, PAGE, 0, PAGE, RO));
	if (*PAGE != 1 || uvpt[PGNUM(PAGE)] & PTE_W)
		panic("remapping in place: now %x", uvpt[PGNUM(PAGE)]);
	if (pageref(PAGE) != refs)
		panic("remapping in place: %d references, not %d",
			pageref(PAGE), refs);
	SUCCEEDS(sys_page_alloc(0, PAGE, RW));
	if (*(volatile char *) PAGE != 0)
		panic("a new page is not clear, or is the old one");
	*(volatile char *) PAGE = 2;
}

// ------------------------------------------------------------ environments

static void
test_status(void)
{
	envid_t child = exofork_or_panic();

	if (envs[ENVX(child)].env_status != ENV_NOT_RUNNABLE)
		panic("sys_exofork's child is runnable");
	if (envs[ENVX(child)].env_parent_id != sys_getenvid())
		panic("sys_exofork's child is not ours");
	SUCCEEDS(sys_env_set_status(child, ENV_NOT_RUNNABLE));
	SUCCEEDS(sys_env_destroy(child));
}

// Whatever the trap frame contains, the child runs in user mode.
static void
test_trapframe(void)
{
	envid_t child = exofork_or_panic();
	const volatile struct Trapframe *got = &envs[ENVX(child)].env_tf;
	struct Trapframe tf = {
		.tf_eip = UTEXT, .tf_esp = USTACKTOP,
		.tf_cs = GD_KT, .tf_ds = GD_KD, .tf_es = GD_KD,
		.tf_ss = GD_KD,
		.tf_eflags = FL_IOPL_3 | FL_VM | FL_CF,
	};

	SUCCEEDS(sys_env_set_trapframe(child, &tf));
	if (got->tf_eip != UTEXT || got->tf_esp != USTACKTOP
	    || !(got->tf_eflags & FL_CF))
		panic("sys_env_set_trapframe does not set registers");
	if (got->tf_cs != (GD_UT | 3) || got->tf_ss != (GD_UD | 3)
	    || got->tf_ds != (GD_UD | 3) || got->tf_es != (GD_UD | 3))
		panic("a program got segments of the kernel");
	if (got->tf_eflags & (FL_IOPL_MASK | FL_VM)
	    || !(got->tf_eflags & FL_IF))
		panic("a program got flags %08x", got->tf_eflags);
	SUCCEEDS(sys_env_destroy(child));

	// A frame that this program cannot read
	if ((child = fork_or_panic()) == 0) {
		tf.tf_eip = sys_env_set_trapframe(0, (void *) KERNBASE);
		expect(__LINE__, "unreadable frame", tf.tf_eip, -E_FAULT);
		exit();
	}
	until_gone(child);
}

static void
test_no_free_env(void)
{
	static envid_t children[NENV];
	int n = 0;

	while ((children[n] = sys_exofork()) >= 0)
		if (++n == NENV)
			panic("more environments than there are");
	FAILS(children[n], E_NO_FREE_ENV);
	FAILS(fork(), E_NO_FREE_ENV);
	while (n-- > 0)
		SUCCEEDS(sys_env_destroy(children[n]));
}

// ------------------------------------------------------------------ mailbox

// Sends that fail; the receiver goes on waiting.
static void
refuse_sends(envid_t to)
{
	FAILS(sys_ipc_try_send(to, 0, PAGE + 1, RO), E_INVAL);
	FAILS(sys_ipc_try_send(to, 0, NOPAGE, RO), E_INVAL);
	FAILS(sys_ipc_try_send(to, 0, FAR, RO), E_INVAL);
	FAILS(sys_ipc_try_send(to, 0, ROPAGE, RW), E_INVAL);
	if (!envs[ENVX(to)].env_ipc_recving)
		panic("a send that failed woke the receiver");
}

// Receive twice at LANDING and once without a page; report each time with
// what permissions a page came, and its first byte.
static void
receiver(envid_t parent)
{
	static char *const at[] = { LANDING, LANDING, NULL };

	for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
		envid_t from;
		int perm, value;

		value = ipc_recv(&from, at[i], &perm);
		if (from != parent || value != -5)
			panic("received %d from %08x", value, from);
		ipc_send(parent, perm << 8 | (perm ? *at[i] : 0), NULL, 0);
	}
	exit();
}

// Send once, and see what the receiver reports.  It does not receive again
// before it has reported.
static void
send_once(envid_t to, void *va, int report)
{
	until_receiving(to);
	SUCCEEDS(sys_ipc_try_send(to, -5, va, RO));
	FAILS(sys_ipc_try_send(to, -5, va, RO), E_IPC_NOT_RECV);
	expect(__LINE__, "report", ipc_recv(NULL, NULL, NULL), report);
}

static void
test_ipc(void)
{
	envid_t me = sys_getenvid(), child;

	FAILS(sys_ipc_try_send(0, 0, (void *) UTOP, 0), E_IPC_NOT_RECV);
	FAILS(sys_ipc_try_send(me, 0, (void *) UTOP, 0), E_IPC_NOT_RECV);

	if ((child = fork_or_panic()) == 0)
		receiver(me);
	until_receiving(child);
	refuse_sends(child);

	// No page sent, one sent, one sent but not wanted
	*PAGE = 'p';
	send_once(child, (void *) UTOP, 0);
	send_once(child, PAGE, RO << 8 | 'p');
	send_once(child, PAGE, 0);
	until_gone(child);
}

// ------------------------------------------------------------ out of memory

// Allocate all free pages.  Returns how many.
static int
take_all_memory(void)
{
	int n = 0, r;

	while ((r = sys_page_alloc(0, POOL + n * PGSIZE, RW)) == 0)
		n++;
	FAILS(r, E_NO_MEM);
	return n;
}

static void
give_memory_back(int n)
{
	while (n-- > 0)
		SUCCEEDS(sys_page_unmap(0, POOL + n * PGSIZE));
}

static void
test_no_memory(void)
{
	envid_t child;
	int n;

	if ((child = fork_or_panic()) == 0) {
		sys_ipc_recv(FAR);
		exit();
	}
	until_receiving(child);

	n = take_all_memory();
	FAILS(sys_exofork(), E_NO_MEM);
	FAILS(sys_page_alloc(0, FAR, RW), E_NO_MEM);
	FAILS(sys_page_map(0, PAGE, 0, FAR, RO), E_NO_MEM);
	FAILS(sys_ipc_try_send(child, 0, PAGE, RO), E_NO_MEM);
	if (!envs[ENVX(child)].env_ipc_recving)
		panic("a send that failed woke the receiver");

	// One page is left, but a page table is needed, too: the page must be
	// freed again
	SUCCEEDS(sys_page_unmap(0, POOL));
	FAILS(sys_page_alloc(0, FAR, RW), E_NO_MEM);
	SUCCEEDS(sys_page_alloc(0, POOL, RW));
	FAILS(sys_page_alloc(0, NOPAGE, RW), E_NO_MEM);

	give_memory_back(n);
	SUCCEEDS(sys_env_destroy(child));
	until_gone(child);
}

// A page has a limit of mappings, because pp_ref has 16 bits.
#define MAXREFS		65535

static void
test_many_mappings(void)
{
	int n = 0, r;

	SUCCEEDS(sys_page_alloc(0, PAGE, RW));
	while ((r = sys_page_map(0, PAGE, 0, POOL + n * PGSIZE, RO)) == 0)
		n++;
	FAILS(r, E_NO_MEM);
	if (pageref(PAGE) != MAXREFS)
		panic("%d references, not %d", pageref(PAGE), MAXREFS);
	SUCCEEDS(sys_page_map(0, PAGE, 0, PAGE, RW));
	give_memory_back(n);
	if (pageref(PAGE) != 1)
		panic("%d references are left", pageref(PAGE));
}

// --------------------------------------------------------------------- all

static void
test_all(void)
{
	test_ids();
	test_perms();
	test_remap();
	test_status();
	test_trapframe();
	test_ipc();
}

// Programs see no kernel data behind envs[].
static void
test_window(void)
{
	uintptr_t behind = UENVS + ROUNDUP(NENV * sizeof(struct Env), PGSIZE);

	if (!page_is_mapped((void *) (behind - PGSIZE)))
		panic("envs[] is not there");
	for (uintptr_t va = behind; va < UENVS + PTSIZE; va += PGSIZE)
		if (page_is_mapped((void *) va))
			panic("%08x, behind envs[], is mapped", va);
}

void
umain(int argc, char **argv)
{
	envid_t fs = ipc_find_env(ENV_TYPE_FS);
	int before, after;

	USED(argc), USED(argv);

	// Wait for the file server, which takes memory while it starts
	if (fs)
		until_receiving(fs);

	SUCCEEDS(sys_page_alloc(0, PAGE, RW));
	SUCCEEDS(sys_page_alloc(0, ROPAGE, RO));
	test_window();
	test_no_free_env();
	test_no_memory();
	test_many_mappings();

	// The first round allocates page tables and copies that stay
	test_all();
	give_memory_back(before = take_all_memory());
	test_all();
	give_memory_back(after = take_all_memory());
	if (after != before)
		panic("leaked %d pages", before - after);
	cprintf("testsys ok\n");
}
