// user/check/callerrors.c - system calls of lab 4 with one argument that is
// bad: each must return the error that its comment names, and change nothing.

#include <user/check/thread.h>

// What an argument of the tables stands for, when it is an environment's id
enum {
	CHILD = 0x5E1F0000,		// a child that never runs
	WAITING,			// a child that waits for a message
	FOREIGN,			// a child's child
	GONE,				// a child that has ended
	LATER,				// our slot, the next time
	EARLIER,			// WAITING's slot, the time before
	UNUSED,				// a slot that was never used
	PARENT,				// whoever made the caller
	SELF,				// the caller, by its id
	NIDS = SELF - CHILD + 1
};
static volatile envid_t ids[NIDS];

struct Case {
	int call;
	uint32_t arg[5];
	int want;
	const char *what;
};

#define P	((uint32_t) PAGE)
#define R	((uint32_t) ROPAGE)
#define N	((uint32_t) NOPAGE)
#define F	((uint32_t) FAR)
#define EX7	"lab 4, exercise 7; kern/syscall.c"
#define EX8	"lab 4, exercise 8; kern/syscall.c"
#define EX15	"lab 4, exercise 15; kern/syscall.c"

// Ids that only the environment itself and its parent may use
#define IDS(num, ...)							\
	{ num, {FOREIGN, __VA_ARGS__}, -E_BAD_ENV, "a child's child" },	\
	{ num, {GONE, __VA_ARGS__}, -E_BAD_ENV,				\
		"an environment that has ended" },			\
	{ num, {LATER, __VA_ARGS__}, -E_BAD_ENV, "an id not yet given" }, \
	{ num, {EARLIER, __VA_ARGS__}, -E_BAD_ENV, "an id of the past" }, \
	{ num, {UNUSED, __VA_ARGS__}, -E_BAD_ENV, "a free slot" },	\
	{ num, {~0u, __VA_ARGS__}, -E_BAD_ENV, "id -1" }

// Addresses.  The first ones do least harm if they are accepted.
#define ADDRESSES(num, env, ...)					\
	{ num, {env, P + 1, __VA_ARGS__}, -E_INVAL,			\
		"an address that is not aligned" },			\
	{ num, {env, P + 0xFFF, __VA_ARGS__}, -E_INVAL,			\
		"the last byte of a page" },				\
	{ num, {env, UTOP - 1, __VA_ARGS__}, -E_INVAL,			\
		"the last byte below UTOP" },				\
	{ num, {env, UTOP + 0x300000, __VA_ARGS__}, -E_INVAL,		\
		"an address above UTOP" },				\
	{ num, {env, UPAGES + 0x300000, __VA_ARGS__}, -E_INVAL,		\
		"an address above UPAGES" },				\
	{ num, {env, ULIM + 0x200000, __VA_ARGS__}, -E_INVAL,		\
		"an address above ULIM" },				\
	{ num, {env, KSTACKTOP - KSTKSIZE - PGSIZE, __VA_ARGS__}, -E_INVAL, \
		"an address below a kernel stack" },			\
	{ num, {env, UTOP, __VA_ARGS__}, -E_INVAL, "the address UTOP" }, \
	{ num, {env, UVPT, __VA_ARGS__}, -E_INVAL, "the address UVPT" }, \
	{ num, {env, KERNBASE, __VA_ARGS__}, -E_INVAL,			\
		"an address of the kernel" },				\
	{ num, {env, 0xFFFFF000, __VA_ARGS__}, -E_INVAL,		\
		"the last page of all" }

#define PERMS(num, ...)							\
	{ num, {__VA_ARGS__, 0}, -E_INVAL, "no permissions" },		\
	{ num, {__VA_ARGS__, PTE_U}, -E_INVAL, "PTE_U without PTE_P" },	\
	{ num, {__VA_ARGS__, PTE_U | PTE_W}, -E_INVAL,			\
		"PTE_U | PTE_W without PTE_P" },			\
	{ num, {__VA_ARGS__, PTE_P}, -E_INVAL, "PTE_P without PTE_U" },	\
	{ num, {__VA_ARGS__, PTE_P | PTE_W}, -E_INVAL,			\
		"PTE_P | PTE_W without PTE_U" },			\
	{ num, {__VA_ARGS__, RO | PTE_PWT}, -E_INVAL, "PTE_PWT" },	\
	{ num, {__VA_ARGS__, RO | PTE_PCD}, -E_INVAL, "PTE_PCD" },	\
	{ num, {__VA_ARGS__, RO | PTE_A}, -E_INVAL, "PTE_A" },		\
	{ num, {__VA_ARGS__, RO | PTE_D}, -E_INVAL, "PTE_D" },		\
	{ num, {__VA_ARGS__, RO | PTE_PS}, -E_INVAL, "PTE_PS" },	\
	{ num, {__VA_ARGS__, RO | PTE_G}, -E_INVAL, "PTE_G" },		\
	{ num, {__VA_ARGS__, RO | 0x1000}, -E_INVAL,			\
		"permissions of more than 12 bits" },			\
	{ num, {__VA_ARGS__, RO | 0x80000000}, -E_INVAL,		\
		"negative permissions" }

static const struct Case numbers[] = {
	{ NSYSCALLS, {0}, -E_INVAL, "a number that no call has" },
	{ 0x100 + SYS_getenvid, {0}, -E_INVAL, "number 0x102" },
	{ 0x80000000 + SYS_getenvid, {0}, -E_INVAL, "number 0x80000002" },
	{ -1, {0}, -E_INVAL, "number -1" },
};

static const struct Case destroy[] = { IDS(SYS_env_destroy, 0) };

static const struct Case status[] = {
	IDS(SYS_env_set_status, ENV_RUNNABLE),
	{ SYS_env_set_status, {FOREIGN, ENV_NOT_RUNNABLE}, -E_BAD_ENV,
		"a child's child" },
	{ SYS_env_set_status, {CHILD, ENV_NOT_RUNNABLE + 1}, -E_INVAL,
		"status 5" },
	{ SYS_env_set_status, {CHILD, -1}, -E_INVAL, "status -1" },
	{ SYS_env_set_status, {CHILD, 0x100 + ENV_RUNNABLE}, -E_INVAL,
		"status 0x102" },
	{ SYS_env_set_status, {CHILD, ENV_RUNNING}, -E_INVAL,
		"status ENV_RUNNING" },
	{ SYS_env_set_status, {CHILD, ENV_DYING}, -E_INVAL,
		"status ENV_DYING" },
	{ SYS_env_set_status, {CHILD, ENV_FREE}, -E_INVAL,
		"status ENV_FREE" },
};

static const struct Case alloc[] = {
	IDS(SYS_page_alloc, N, RW),
	PERMS(SYS_page_alloc, 0, N),
	PERMS(SYS_page_alloc, 0, P),
	PERMS(SYS_page_alloc, CHILD, P),
	ADDRESSES(SYS_page_alloc, 0, RW),
	ADDRESSES(SYS_page_alloc, CHILD, RW),
};

#define MAP_TO(va, text)						\
	{ SYS_page_map, {0, P, CHILD, va, RO}, -E_INVAL, "to " text }

static const struct Case map[] = {
	IDS(SYS_page_map, P, 0, N, RO),
	{ SYS_page_map, {0, P, FOREIGN, P, RO}, -E_BAD_ENV,
		"to a child's child" },
	{ SYS_page_map, {0, P, GONE, P, RO}, -E_BAD_ENV,
		"to an environment that has ended" },
	{ SYS_page_map, {0, P, LATER, P, RO}, -E_BAD_ENV,
		"to an id not yet given" },
	{ SYS_page_map, {FOREIGN, P, FOREIGN, P, RO}, -E_BAD_ENV,
		"within a child's child" },
	{ SYS_page_map, {CHILD, P, FOREIGN, P, RO}, -E_BAD_ENV,
		"from a child to its own child or another's" },
	{ SYS_page_map, {0, R, 0, N, RW}, -E_INVAL,
		"a read-only page with PTE_W" },
	{ SYS_page_map, {0, R, 0, R, RW}, -E_INVAL,
		"a read-only page with PTE_W, in place" },
	{ SYS_page_map, {0, R, CHILD, P, RW}, -E_INVAL,
		"a read-only page with PTE_W, to a child" },
	{ SYS_page_map, {0, N, CHILD, P, RO}, -E_INVAL,
		"a source where nothing is mapped" },
	{ SYS_page_map, {0, F, CHILD, P, RO}, -E_INVAL,
		"a source without a page table" },
	{ SYS_page_map, {0, 0, CHILD, P, RO}, -E_INVAL, "a source at 0" },
	{ SYS_page_map, {CHILD, R, 0, P, RO}, -E_INVAL,
		"a source that only the caller has, not the child" },
	PERMS(SYS_page_map, 0, P, 0, N),
	PERMS(SYS_page_map, 0, P, 0, P),
	PERMS(SYS_page_map, 0, P, CHILD, P),
	ADDRESSES(SYS_page_map, 0, CHILD, P, RO),
	{ SYS_page_map, {0, UPAGES, 0, N, RO}, -E_INVAL,
		"the source UPAGES" },
	MAP_TO(P + 1, "an address that is not aligned"),
	MAP_TO(P + 0xFFF, "the last byte of a page"),
	MAP_TO(UTOP - 1, "the last byte below UTOP"),
	MAP_TO(UTOP + 0x300000, "an address above UTOP"),
	MAP_TO(UPAGES + 0x300000, "an address above UPAGES"),
	MAP_TO(ULIM + 0x200000, "an address above ULIM"),
	MAP_TO(UTOP, "the address UTOP"),
	MAP_TO(UVPT, "the address UVPT"),
	MAP_TO(KERNBASE, "an address of the kernel"),
	MAP_TO(0xFFFFF000, "the last page of all"),
};

static const struct Case unmap[] = {
	IDS(SYS_page_unmap, P),
	ADDRESSES(SYS_page_unmap, 0, 0),
	ADDRESSES(SYS_page_unmap, CHILD, 0),
};

static const struct Case upcall[] = {
	IDS(SYS_env_set_pgfault_upcall, UTEXT),
	{ SYS_env_set_pgfault_upcall, {FOREIGN, 0}, -E_BAD_ENV,
		"a child's child" },
};

#define SEND(va, perm, text)						\
	{ SYS_ipc_try_send, {WAITING, 7, va, perm}, -E_INVAL, text }

static const struct Case send[] = {
	{ SYS_ipc_try_send, {GONE, 7, UTOP, 0}, -E_BAD_ENV,
		"to an environment that has ended" },
	{ SYS_ipc_try_send, {LATER, 7, UTOP, 0}, -E_BAD_ENV,
		"to an id not yet given" },
	{ SYS_ipc_try_send, {EARLIER, 7, UTOP, 0}, -E_BAD_ENV,
		"to an id of the past" },
	{ SYS_ipc_try_send, {UNUSED, 7, UTOP, 0}, -E_BAD_ENV,
		"to a free slot" },
	{ SYS_ipc_try_send, {-1, 7, UTOP, 0}, -E_BAD_ENV, "to id -1" },
	{ SYS_ipc_try_send, {CHILD, 7, UTOP, 0}, -E_IPC_NOT_RECV,
		"to a child that does not receive" },
	{ SYS_ipc_try_send, {CHILD, 7, P, RO}, -E_IPC_NOT_RECV,
		"a page to a child that does not receive" },
	{ SYS_ipc_try_send, {0, 7, UTOP, 0}, -E_IPC_NOT_RECV,
		"to oneself" },
	{ SYS_ipc_try_send, {SELF, 7, P, RO}, -E_IPC_NOT_RECV,
		"a page to oneself" },
	SEND(P + 1, RO, "an address that is not aligned"),
	SEND(P + 0xFFF, RO, "the last byte of a page"),
	SEND(UTOP - 1, RO, "the last byte below UTOP"),
	SEND(N, RO, "an address where nothing is mapped"),
	SEND(F, RO, "an address without a page table"),
	SEND(0, RO, "the address 0"),
	SEND(R, RW, "a read-only page with PTE_W"),
	PERMS(SYS_ipc_try_send, WAITING, 7, P),
};

// For a thread, as a call that accepts one of these sleeps
static const struct Case recv[] = {
	{ SYS_ipc_recv, {P + 1}, -E_INVAL, "an address that is not aligned" },
	{ SYS_ipc_recv, {P + 0x800}, -E_INVAL, "the middle of a page" },
	{ SYS_ipc_recv, {UTOP - 1}, -E_INVAL, "the last byte below UTOP" },
	{ SYS_ipc_recv, {1}, -E_INVAL, "the address 1" },
};

// ------------------------------------------------- what must stay as it was

static struct State {
	int free, lost, envs;
	uint32_t ours;			// of our page table entries
	int refs;			// of PAGE, which CHILD maps, too
	unsigned child_status, waiting_status, foreign_status;
	bool waiting;
	uint32_t value, child_upcall, foreign_upcall;
} before;

static struct State
look(void)
{
	const volatile struct Env *child = env_of(ids[CHILD - CHILD]);
	const volatile struct Env *waiting = env_of(ids[WAITING - CHILD]);
	const volatile struct Env *foreign = env_of(ids[FOREIGN - CHILD]);
	struct State s;

	memset(&s, 0, sizeof(s));
	s.free = free_pages();
	s.lost = lost_pages();
	for (int i = 0; i < NENV; i++)
		s.envs += envs[i].env_status != ENV_FREE;
	for (uintptr_t va = UTOP; prev_mapped(&va); )
		s.ours = s.ours * 31 + va + entry_of((void *) va);
	s.refs = refs_of(PAGE);
	s.child_status = child->env_status;
	s.waiting_status = waiting->env_status;
	s.foreign_status = foreign->env_status;
	s.waiting = waiting->env_ipc_recving;
	s.value = waiting->env_ipc_value;
	s.child_upcall = (uint32_t) child->env_pgfault_upcall;
	s.foreign_upcall = (uint32_t) foreign->env_pgfault_upcall;
	return s;
}

static void
compare(void)
{
	const struct State s = look(), *b = &before;

	expect(s.free == b->free, "calls that failed have changed the number "
		"of free pages from %d to %d", b->free, s.free);
	expect(s.lost <= b->lost + 2, "calls that failed have lost %d pages "
		"that page_alloc returned", s.lost - b->lost);
	expect(s.envs == b->envs, "calls that failed have changed the number "
		"of environments from %d to %d", b->envs, s.envs);
	expect(s.ours == b->ours,
		"calls that failed have changed what the caller maps");
	expect(s.refs == b->refs, "calls that failed have changed the pp_ref "
		"of a page from %d to %d", b->refs, s.refs);
	expect(s.child_status == b->child_status
		&& s.foreign_status == b->foreign_status
		&& s.waiting_status == b->waiting_status,
		"calls that failed have changed an env_status: %u %u %u, "
		"was %u %u %u", s.child_status, s.foreign_status,
		s.waiting_status, b->child_status, b->foreign_status,
		b->waiting_status);
	expect(s.waiting && s.value == b->value,
		"after calls that failed, the receiver no longer waits, or "
		"has their value");
	expect(s.child_upcall == b->child_upcall
		&& s.foreign_upcall == b->foreign_upcall,
		"calls that failed have changed an upcall");
}

// ------------------------------------------------------------------- calling

static uint32_t
value_of(uint32_t arg)
{
	return arg - CHILD < NIDS ? (uint32_t) ids[arg - CHILD] : arg;
}

// Returns whether the call returned what it must.
static bool
refuses(const struct Case *c)
{
	const int got = call(c->call, value_of(c->arg[0]),
		value_of(c->arg[1]), value_of(c->arg[2]), value_of(c->arg[3]),
		value_of(c->arg[4]));

	expect_result(c->what, got, c->want);
	return got == c->want;
}

// A call that accepts one thing that is bad may accept others, of which the
// kernel does not recover: so no more than two are tried.
static void
refuse_all(const char *function, const char *place, const struct Case *cases,
	size_t n)
{
	int accepted = 0;

	look_at(function, place);
	before = look();
	for (size_t i = 0; i < n && accepted < 2; i++)
		accepted += !refuses(&cases[i]);
	compare();
}

#define REFUSE(function, place, cases) \
	refuse_all(function, place, cases, ARRAY_SIZE(cases))

// Receive with each of the bad addresses.
static volatile int recv_result[ARRAY_SIZE(recv)];
static volatile size_t recv_done;
static volatile bool receiving_still;

static void
receiver(void)
{
	const volatile struct Env *me = env_of(sys_getenvid());

	for (recv_done = 0; recv_done < ARRAY_SIZE(recv); recv_done++) {
		recv_result[recv_done] = call(SYS_ipc_recv,
			recv[recv_done].arg[0], 0, 0, 0, 0);
		receiving_still |= me->env_ipc_recving;
	}
}

static void
check_recv(void)
{
	look_at("sys_ipc_recv", EX15);

	const envid_t id = thread_start(receiver);

	until(is_gone(id) || (env_of(id)->env_ipc_recving
		&& env_of(id)->env_status == ENV_NOT_RUNNABLE));
	for (size_t i = 0; i < recv_done; i++)
		expect_result(recv[i].what, recv_result[i], recv[i].want);
	expect(recv_done == ARRAY_SIZE(recv), "%s: expected -E_INVAL, but the "
		"caller sleeps", recv[recv_done % ARRAY_SIZE(recv)].what);
	expect(!receiving_still, "after -E_INVAL, env_ipc_recving is set");
	sys_env_destroy(id);
	until_gone(id);
}

// -------------------------------------------------------------- environments

static volatile envid_t made;
static volatile int of_parent[8];

// A child must not act on its parent.
static void
waiting_child(void)
{
	const envid_t parent = ids[PARENT - CHILD];

	made = sys_exofork();
	of_parent[0] = call(SYS_env_set_status, parent, ENV_RUNNABLE, 0, 0, 0);
	of_parent[1] = call(SYS_page_alloc, parent, N, RW, 0, 0);
	of_parent[2] = call(SYS_page_map, parent, P, 0, N, RO);
	of_parent[3] = call(SYS_page_map, 0, P, parent, N, RO);
	of_parent[4] = call(SYS_page_unmap, parent, P, 0, 0, 0);
	of_parent[5] = call(SYS_env_set_pgfault_upcall, parent, 0, 0, 0, 0);
	look_at("sys_env_destroy", EX7);	// it may end them all
	of_parent[6] = call(SYS_env_destroy, parent, 0, 0, 0, 0);
	for (;;)
		call(SYS_ipc_recv, UTOP, 0, 0, 0, 0);
}

static void
check_of_parent(void)
{
	static const char *const functions[] = {
		"sys_env_set_status", "sys_page_alloc", "sys_page_map",
		"sys_page_map", "sys_page_unmap", "sys_env_set_pgfault_upcall",
		"sys_env_destroy",
	};

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		look_at(functions[i], EX7);
		expect_result("of a child on its parent", of_parent[i],
			-E_BAD_ENV);
	}
}

static bool
make_environments(void)
{
	const envid_t me = sys_getenvid();
	envid_t id;

	look_at("sys_exofork", EX7);
	ids[SELF - CHILD] = ids[PARENT - CHILD] = me;
	ids[LATER - CHILD] = me + (1 << 12);
	ids[UNUSED - CHILD] = (1 << 12) + NENV - 1;

	ids[WAITING - CHILD] = id = thread_start(waiting_child);
	if (id < 0 || !until_receiving(id)) {
		wrong("a child does not come to sys_ipc_recv");
		return false;
	}
	ids[EARLIER - CHILD] = id - (1 << 12);
	ids[FOREIGN - CHILD] = made;
	ids[GONE - CHILD] = sys_exofork();
	sys_env_destroy(ids[GONE - CHILD]);
	ids[CHILD - CHILD] = id = sys_exofork();
	sys_page_map(0, PAGE, id, PAGE, RO);
	return id > 0;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_page_alloc(0, PAGE, RW);
	sys_page_alloc(0, ROPAGE, RO);
	if (!make_environments())
		return;
	check_of_parent();
	REFUSE("syscall", "lab 3, exercise 7; kern/syscall.c", numbers);
	REFUSE("sys_env_destroy", EX7, destroy);
	REFUSE("sys_env_set_pgfault_upcall", EX8, upcall);
	check_recv();
	REFUSE("sys_ipc_try_send", EX15, send);
	REFUSE("sys_page_alloc", EX7, alloc);
	REFUSE("sys_page_map", EX7, map);
	REFUSE("sys_page_unmap", EX7, unmap);
	REFUSE("sys_env_set_status", EX7, status);

	sys_env_destroy(ids[WAITING - CHILD]);
	sys_env_destroy(ids[CHILD - CHILD]);
	look_no_more();
}
