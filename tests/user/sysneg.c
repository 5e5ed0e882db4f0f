// tests/user/sysneg.c - a table of system calls that must fail: each line is a
// call with one thing wrong, the error that it must return, and the reason.
//
// Environment ids are not known before the program runs: the table has names of
// the enum below for them.  After the calls, nothing may have changed:
// mappings, free pages, environments.  Then each call that ends its caller is
// made by a child, which must end, while the parent goes on.
//
// tests/user/testsys.c tests valid calls, and combinations.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)

#define PAGE	0x0A000000	// a writable page of this program
#define ROPAGE	0x0A001000	// a read-only page
#define NOPAGE	0x0A002000	// no page, but a page table
#define FAR	0xB0000000	// no page table
#define FRAME	(PAGE + 64)	// where a trap frame fits
#define WENT_ON	((volatile char *) 0x0B000000)	// shared with children

// Names of environments, with values that no other argument has
enum {
	CHILD = 0x5E1F0000,		// a child that never runs
	RECEIVER,			// a child that waits for a message
	GRANDCHILD,			// the receiver's child
	GONE,				// a child that has ended
	NEXT_TIME,			// this program's slot, a later id
	LAST_TIME,			// this program's slot, an earlier id
	FREE_SLOT,			// a free slot
	SELF,				// this program's id
	FIRST_ENV,
	LAST_ENV = SELF
};

static envid_t ids[LAST_ENV - CHILD + 1];

static const struct Case {
	uint32_t call;
	uint32_t arg[5];
	int want;
	const char *why;
} cases[] = {

// ----------------------------------------------------------------- numbers
{ NSYSCALLS, {0}, -E_INVAL, "the first number that is none" },
{ 14, {0}, -E_INVAL, "lab 6's" },
{ 0x100 + SYS_getenvid, {0}, -E_INVAL, "more than a byte" },
{ 0x80000000, {0}, -E_INVAL, "negative" },
{ ~0u, {0}, -E_INVAL, "negative" },

// ------------------------------------------ environments: whose, and whether
#define BAD_IDS(call, ...)						\
	{ call, {GRANDCHILD, __VA_ARGS__}, -E_BAD_ENV, "a child's child" }, \
	{ call, {GONE, __VA_ARGS__}, -E_BAD_ENV, "has ended" },		\
	{ call, {NEXT_TIME, __VA_ARGS__}, -E_BAD_ENV, "our slot's next" }, \
	{ call, {LAST_TIME, __VA_ARGS__}, -E_BAD_ENV, "our slot's last" }, \
	{ call, {FREE_SLOT, __VA_ARGS__}, -E_BAD_ENV, "a free slot" },	\
	{ call, {~0u, __VA_ARGS__}, -E_BAD_ENV, "no id" },		\
	{ call, {0x80000000, __VA_ARGS__}, -E_BAD_ENV, "negative" },	\
	{ call, {NENV, __VA_ARGS__}, -E_BAD_ENV, "slot 0, generation 1" }

BAD_IDS(SYS_env_destroy, 0),
BAD_IDS(SYS_page_alloc, NOPAGE, RW),
BAD_IDS(SYS_page_map, PAGE, 0, NOPAGE, RO),
BAD_IDS(SYS_page_unmap, PAGE),
BAD_IDS(SYS_env_set_status, ENV_RUNNABLE),
BAD_IDS(SYS_env_set_trapframe, FRAME),
BAD_IDS(SYS_env_set_pgfault_upcall, UTEXT),
{ SYS_page_map, {0, PAGE, GRANDCHILD, NOPAGE, RO}, -E_BAD_ENV, "to whom" },
{ SYS_page_map, {0, PAGE, GONE, NOPAGE, RO}, -E_BAD_ENV, "to whom" },
{ SYS_page_map, {GRANDCHILD, PAGE, GONE, NOPAGE, RO}, -E_BAD_ENV, "both" },

BAD_IDS(SYS_page_map_list, PAGE, 0),
{ SYS_page_copy, {PAGE, GRANDCHILD, NOPAGE, RO}, -E_BAD_ENV, "to whom" },
{ SYS_page_copy, {PAGE, GONE, NOPAGE, RO}, -E_BAD_ENV, "to whom" },
{ SYS_page_copy, {PAGE, NEXT_TIME, NOPAGE, RO}, -E_BAD_ENV, "to whom" },

// Calls that may concern any environment, but it must exist
{ SYS_ipc_try_send, {GONE, 0, UTOP, 0}, -E_BAD_ENV, "has ended" },
{ SYS_ipc_try_send, {NEXT_TIME, 0, UTOP, 0}, -E_BAD_ENV, "a later one" },
{ SYS_ipc_try_send, {FREE_SLOT, 0, UTOP, 0}, -E_BAD_ENV, "a free slot" },
{ SYS_ipc_try_send, {~0u, 0, UTOP, 0}, -E_BAD_ENV, "no id" },
{ SYS_ipc_send, {GONE, 0, UTOP, 0}, -E_BAD_ENV, "has ended" },
{ SYS_ipc_send, {NEXT_TIME, 0, UTOP, 0}, -E_BAD_ENV, "a later one" },
{ SYS_ipc_send, {FREE_SLOT, 0, UTOP, 0}, -E_BAD_ENV, "a free slot" },
{ SYS_ipc_send, {~0u, 0, UTOP, 0}, -E_BAD_ENV, "no id" },
{ SYS_ipc_call, {GONE, 0, UTOP, UTOP, 0}, -E_BAD_ENV, "has ended" },
{ SYS_ipc_call, {NEXT_TIME, 0, UTOP, UTOP, 0}, -E_BAD_ENV, "a later one" },
{ SYS_ipc_call, {FREE_SLOT, 0, UTOP, UTOP, 0}, -E_BAD_ENV, "a free slot" },
{ SYS_ipc_call, {~0u, 0, UTOP, UTOP, 0}, -E_BAD_ENV, "no id" },
{ SYS_env_wait, {GONE}, -E_BAD_ENV, "has ended" },
{ SYS_env_wait, {NEXT_TIME}, -E_BAD_ENV, "a later one" },
{ SYS_env_wait, {FREE_SLOT}, -E_BAD_ENV, "a free slot" },
{ SYS_env_wait, {0}, -E_INVAL, "for oneself" },
{ SYS_env_wait, {SELF}, -E_INVAL, "for oneself, by id" },
{ SYS_irq_wait, {14, 0}, -E_INVAL, "only the file server may" },
{ SYS_irq_wait, {0, 0}, -E_INVAL, "not the disk's" },

// --------------------------------------------------------------- addresses
#define BAD_ADDRESSES(call, before, ...)				\
	{ call, {before, PAGE + 1, __VA_ARGS__}, -E_INVAL, "unaligned" }, \
	{ call, {before, PAGE + 0xFFF, __VA_ARGS__}, -E_INVAL, "unaligned" }, \
	{ call, {before, UTOP - 1, __VA_ARGS__}, -E_INVAL, "unaligned" }, \
	{ call, {before, UTOP, __VA_ARGS__}, -E_INVAL, "UENVS" },	\
	{ call, {before, UPAGES, __VA_ARGS__}, -E_INVAL, "UPAGES" },	\
	{ call, {before, UVPT, __VA_ARGS__}, -E_INVAL, "page tables" },	\
	{ call, {before, UVPT + (UVPT >> 10), __VA_ARGS__}, -E_INVAL,	\
		"page directory" },					\
	{ call, {before, ULIM - PGSIZE, __VA_ARGS__}, -E_INVAL,		\
		"last page below ULIM" },				\
	{ call, {before, ULIM, __VA_ARGS__}, -E_INVAL, "devices" },	\
	{ call, {before, KSTACKTOP - PGSIZE, __VA_ARGS__}, -E_INVAL,	\
		"kernel stack" },					\
	{ call, {before, KERNBASE, __VA_ARGS__}, -E_INVAL, "kernel" },	\
	{ call, {before, 0xFFFFF000, __VA_ARGS__}, -E_INVAL,		\
		"last page of all" },					\
	{ call, {before, 0xFFFFFFFF, __VA_ARGS__}, -E_INVAL, "last byte" }

BAD_ADDRESSES(SYS_page_alloc, 0, RW),
BAD_ADDRESSES(SYS_page_alloc, CHILD, RW),
BAD_ADDRESSES(SYS_page_unmap, 0, 0),
BAD_ADDRESSES(SYS_page_unmap, CHILD, 0),
BAD_ADDRESSES(SYS_page_map, 0, CHILD, PAGE, RO),
{ SYS_page_map, {0, PAGE, CHILD, PAGE + 1, RO}, -E_INVAL, "to: unaligned" },
{ SYS_page_map, {0, PAGE, CHILD, UTOP, RO}, -E_INVAL, "to: UENVS" },
{ SYS_page_map, {0, PAGE, CHILD, UPAGES, RO}, -E_INVAL, "to: UPAGES" },
{ SYS_page_map, {0, PAGE, CHILD, UVPT, RO}, -E_INVAL, "to: page tables" },
{ SYS_page_map, {0, PAGE, CHILD, ULIM, RO}, -E_INVAL, "to: devices" },
{ SYS_page_map, {0, PAGE, CHILD, KERNBASE, RO}, -E_INVAL, "to: kernel" },
{ SYS_page_map, {0, PAGE, 0, 0xFFFFF000, RO}, -E_INVAL, "to: last page" },
{ SYS_page_copy, {PAGE + 1, CHILD, PAGE, RO}, -E_INVAL, "unaligned" },
{ SYS_page_copy, {UTOP, CHILD, PAGE, RO}, -E_INVAL, "UENVS" },
{ SYS_page_copy, {UPAGES, CHILD, PAGE, RO}, -E_INVAL, "UPAGES" },
{ SYS_page_copy, {UVPT, CHILD, PAGE, RO}, -E_INVAL, "page tables" },
{ SYS_page_copy, {KERNBASE, CHILD, PAGE, RO}, -E_INVAL, "kernel" },
{ SYS_page_copy, {PAGE, CHILD, PAGE + 1, RO}, -E_INVAL, "to: unaligned" },
{ SYS_page_copy, {PAGE, CHILD, UTOP, RO}, -E_INVAL, "to: UENVS" },
{ SYS_page_copy, {PAGE, CHILD, KERNBASE, RO}, -E_INVAL, "to: kernel" },
{ SYS_page_wait, {PAGE + 1, 0, 1}, -E_INVAL, "unaligned" },
{ SYS_page_wait, {PAGE + 0xFFE, 0, 1}, -E_INVAL, "unaligned" },
{ SYS_page_wait, {NOPAGE, 0, 0}, -E_INVAL, "nothing there" },
{ SYS_page_wait, {FAR, 0, 0}, -E_INVAL, "no page table" },
{ SYS_page_wait, {0, 0, 0}, -E_INVAL, "null" },
{ SYS_page_wait, {UTOP, 0, 1}, -E_INVAL, "UENVS" },
{ SYS_page_wait, {UVPT, 0, 1}, -E_INVAL, "page tables" },
{ SYS_page_wait, {KERNBASE, 0, 1}, -E_INVAL, "kernel" },
{ SYS_page_wait, {0xFFFFFFFC, 0, 1}, -E_INVAL, "last word" },
{ SYS_page_wake, {PAGE + 4}, -E_INVAL, "unaligned" },
{ SYS_page_wake, {NOPAGE}, -E_INVAL, "nothing there" },
{ SYS_page_wake, {FAR}, -E_INVAL, "no page table" },
{ SYS_page_wake, {UTOP}, -E_INVAL, "UENVS" },
{ SYS_page_wake, {KERNBASE}, -E_INVAL, "kernel" },
{ SYS_page_wake, {0xFFFFF000}, -E_INVAL, "last page" },
{ SYS_ipc_recv, {PAGE + 1}, -E_INVAL, "unaligned" },
{ SYS_ipc_recv, {UTOP - 1}, -E_INVAL, "unaligned" },
{ SYS_ipc_recv, {1}, -E_INVAL, "unaligned" },
{ SYS_ipc_try_send, {RECEIVER, 0, PAGE + 1, RO}, -E_INVAL, "unaligned" },
{ SYS_ipc_try_send, {RECEIVER, 0, UTOP - 1, RO}, -E_INVAL, "unaligned" },

// ----------------------------------------------------------------- sources
{ SYS_page_map, {0, NOPAGE, CHILD, PAGE, RO}, -E_INVAL, "nothing there" },
{ SYS_page_map, {0, FAR, CHILD, PAGE, RO}, -E_INVAL, "no page table" },
{ SYS_page_map, {0, 0, CHILD, PAGE, RO}, -E_INVAL, "null" },
{ SYS_page_map, {CHILD, PAGE, 0, NOPAGE, RO}, -E_INVAL, "not the child's" },
{ SYS_page_map, {0, ROPAGE, CHILD, PAGE, RW}, -E_INVAL, "read-only" },
{ SYS_page_map, {0, ROPAGE, 0, ROPAGE, RW}, -E_INVAL, "in place" },
{ SYS_page_copy, {NOPAGE, CHILD, PAGE, RO}, -E_INVAL, "nothing there" },
{ SYS_page_copy, {FAR, CHILD, PAGE, RO}, -E_INVAL, "no page table" },
{ SYS_page_copy, {NOPAGE, 0, NOPAGE, RW}, -E_INVAL, "in place, nothing" },
{ SYS_ipc_try_send, {RECEIVER, 0, NOPAGE, RO}, -E_INVAL, "nothing there" },
{ SYS_ipc_try_send, {RECEIVER, 0, FAR, RO}, -E_INVAL, "no page table" },
{ SYS_ipc_try_send, {RECEIVER, 0, ROPAGE, RW}, -E_INVAL, "read-only" },
// sys_ipc_send returns these errors at once, if the target is not receiving
{ SYS_ipc_send, {CHILD, 0, PAGE + 1, RO}, -E_INVAL, "unaligned" },
{ SYS_ipc_send, {CHILD, 0, UTOP - 1, RO}, -E_INVAL, "unaligned" },
{ SYS_ipc_send, {CHILD, 0, NOPAGE, RO}, -E_INVAL, "nothing there" },
{ SYS_ipc_send, {CHILD, 0, FAR, RO}, -E_INVAL, "no page table" },
{ SYS_ipc_send, {CHILD, 0, ROPAGE, RW}, -E_INVAL, "read-only" },
{ SYS_ipc_call, {CHILD, 0, PAGE + 1, UTOP, RO}, -E_INVAL, "unaligned" },
{ SYS_ipc_call, {CHILD, 0, NOPAGE, UTOP, RO}, -E_INVAL, "nothing there" },
{ SYS_ipc_call, {CHILD, 0, FAR, UTOP, RO}, -E_INVAL, "no page table" },
{ SYS_ipc_call, {CHILD, 0, ROPAGE, UTOP, RW}, -E_INVAL, "read-only" },
{ SYS_ipc_call, {CHILD, 0, UTOP, PAGE + 1, 0}, -E_INVAL, "to: unaligned" },
{ SYS_ipc_call, {CHILD, 0, UTOP, UTOP - 1, 0}, -E_INVAL, "to: unaligned" },
// sys_ipc_reply_recv refuses these before it waits
{ SYS_ipc_reply_recv, {CHILD, 0, PAGE + 1, UTOP, RO}, -E_INVAL, "unaligned" },
{ SYS_ipc_reply_recv, {GONE, 0, NOPAGE, UTOP, RO}, -E_INVAL, "nothing there" },
{ SYS_ipc_reply_recv, {CHILD, 0, FAR, PAGE, RO}, -E_INVAL, "no page table" },
{ SYS_ipc_reply_recv, {CHILD, 0, ROPAGE, PAGE, RW}, -E_INVAL, "read-only" },
{ SYS_ipc_reply_recv, {0, 0, UTOP, PAGE + 1, 0}, -E_INVAL, "to: unaligned" },
{ SYS_ipc_reply_recv, {GONE, 0, UTOP, UTOP - 1, 0}, -E_INVAL,
	"to: unaligned" },

// ------------------------------------------------------------- permissions
#define BAD_PERMS(call, ...)						\
	{ call, {__VA_ARGS__, 0}, -E_INVAL, "no bits" },		\
	{ call, {__VA_ARGS__, PTE_P}, -E_INVAL, "not PTE_U" },		\
	{ call, {__VA_ARGS__, PTE_U}, -E_INVAL, "not PTE_P" },		\
	{ call, {__VA_ARGS__, PTE_P | PTE_W}, -E_INVAL, "not PTE_U" },	\
	{ call, {__VA_ARGS__, PTE_U | PTE_W}, -E_INVAL, "not PTE_P" },	\
	{ call, {__VA_ARGS__, RO | PTE_PWT}, -E_INVAL, "PTE_PWT" },	\
	{ call, {__VA_ARGS__, RO | PTE_PCD}, -E_INVAL, "PTE_PCD" },	\
	{ call, {__VA_ARGS__, RO | PTE_A}, -E_INVAL, "PTE_A" },		\
	{ call, {__VA_ARGS__, RO | PTE_D}, -E_INVAL, "PTE_D" },		\
	{ call, {__VA_ARGS__, RO | PTE_PS}, -E_INVAL, "PTE_PS" },	\
	{ call, {__VA_ARGS__, RO | PTE_G}, -E_INVAL, "PTE_G" },		\
	{ call, {__VA_ARGS__, RO | 0x1000}, -E_INVAL, "an address" },	\
	{ call, {__VA_ARGS__, RO | 0x80000000}, -E_INVAL, "an address" }, \
	{ call, {__VA_ARGS__, ~0u}, -E_INVAL, "all bits" }

BAD_PERMS(SYS_page_alloc, 0, NOPAGE),
BAD_PERMS(SYS_page_map, 0, PAGE, 0, NOPAGE),
BAD_PERMS(SYS_page_map, 0, PAGE, 0, PAGE),
BAD_PERMS(SYS_page_copy, PAGE, 0, NOPAGE),
BAD_PERMS(SYS_page_copy, PAGE, 0, PAGE),
BAD_PERMS(SYS_ipc_try_send, RECEIVER, 0, PAGE),
BAD_PERMS(SYS_ipc_send, CHILD, 0, PAGE),
BAD_PERMS(SYS_ipc_call, CHILD, 0, PAGE, UTOP),
BAD_PERMS(SYS_ipc_reply_recv, CHILD, 0, PAGE, PAGE),

// -------------------------------------------------------------- all others
{ SYS_env_set_status, {CHILD, ENV_FREE}, -E_INVAL, "not by this call" },
{ SYS_env_set_status, {CHILD, ENV_DYING}, -E_INVAL, "not by this call" },
{ SYS_env_set_status, {CHILD, ENV_RUNNING}, -E_INVAL, "not by this call" },
{ SYS_env_set_status, {CHILD, ENV_NOT_RUNNABLE + 1}, -E_INVAL, "no status" },
{ SYS_env_set_status, {CHILD, ~0u}, -E_INVAL, "no status" },
{ SYS_env_set_status, {0, ENV_FREE}, -E_INVAL, "nor of oneself" },
{ SYS_ipc_try_send, {CHILD, 0, UTOP, 0}, -E_IPC_NOT_RECV, "does not wait" },
{ SYS_ipc_try_send, {0, 0, UTOP, 0}, -E_IPC_NOT_RECV, "ourselves" },
{ SYS_ipc_try_send, {SELF, 0, PAGE, RO}, -E_IPC_NOT_RECV, "ourselves" },
{ SYS_ipc_send, {0, 0, UTOP, 0}, -E_INVAL, "ourselves" },
{ SYS_ipc_send, {SELF, 0, PAGE, RO}, -E_INVAL, "ourselves" },
{ SYS_ipc_call, {0, 0, UTOP, UTOP, 0}, -E_INVAL, "ourselves" },
{ SYS_ipc_call, {SELF, 0, PAGE, UTOP, RO}, -E_INVAL, "ourselves" },
{ SYS_poweroff, {0, 0}, -E_INVAL, "without the magic number" },
{ SYS_poweroff, {POWEROFF_MAGIC + 1, 0}, -E_INVAL, "not quite" },
{ SYS_poweroff, {POWEROFF_MAGIC, ~0u}, -E_INVAL, "no exit status" },
{ SYS_poweroff, {POWEROFF_MAGIC, 128}, -E_INVAL, "no exit status" },
{ SYS_debug, {~0u, 0}, -E_INVAL, "no such op, or nobody debugs" },
};

// Calls that end their caller, because they read memory that is not the
// caller's.  sys_env_set_trapframe reads the frame before it checks the id.
static const struct Case ends[] = {
#define BAD_BYTES(call, ...)						\
	{ call, {NOPAGE, 1}, 0, "not mapped" },				\
	{ call, {FAR, 1}, 0, "no page table" },				\
	{ call, {0, 1}, 0, "null" },					\
	{ call, {PAGE, 2 * PGSIZE + 1}, 0, "ends in nothing" },		\
	{ call, {PAGE + PGSIZE - 1, PGSIZE + 2}, 0, "ends in nothing" }, \
	{ call, {ULIM - 4, 8}, 0, "ends above ULIM" },			\
	{ call, {ULIM, 1}, 0, "above ULIM" },				\
	{ call, {KERNBASE, 1}, 0, "kernel" },				\
	{ call, {PAGE, KERNBASE}, 0, "ends in the kernel" },		\
	{ call, {PAGE, ~0u}, 0, "wraps around" },			\
	{ call, {0xFFFFF000, 1}, 0, "last page" },			\
	{ call, {0xFFFFFFFF, 1}, 0, "last byte" },			\
	{ call, {0xFFFFFFFF, 2}, 0, "wraps around" },			\
	{ call, {0xFFFFF000, 0x2000}, 0, "wraps around" }
BAD_BYTES(SYS_cputs),
#define BAD_FRAME(va, why) { SYS_env_set_trapframe, {0, va}, 0, why }
BAD_FRAME(0, "null"),
BAD_FRAME(NOPAGE, "not mapped"),
BAD_FRAME(NOPAGE - 4, "ends in nothing"),
BAD_FRAME(FAR, "no page table"),
BAD_FRAME(ULIM - 4, "ends above ULIM"),
BAD_FRAME(KERNBASE, "kernel"),
BAD_FRAME(0xFFFFFFFC, "wraps around"),
{ SYS_env_set_trapframe, {GONE, KERNBASE}, 0, "kernel, and no environment" },
#define BAD_LIST(va, n, why) { SYS_page_map_list, {0, va, n}, 0, why }
BAD_LIST(0, 1, "null"),
BAD_LIST(NOPAGE, 1, "not mapped"),
BAD_LIST(NOPAGE - 4, 1, "ends in nothing"),
BAD_LIST(FAR, ~0u, "no page table"),
BAD_LIST(ULIM - 4, 1, "ends above ULIM"),
BAD_LIST(KERNBASE, 1, "kernel"),
BAD_LIST(0xFFFFFFFC, 1, "wraps around"),
{ SYS_page_map_list, {GONE, KERNBASE, 1}, 0, "kernel, and no environment" },
};

// ------------------------------------------------------------------- doing

static uint32_t
value_of(uint32_t arg)
{
	return arg >= CHILD && arg <= LAST_ENV ? (uint32_t) ids[arg - CHILD]
		: arg;
}

static int
make_call(const struct Case *c)
{
	int result;

	__asm__ volatile("int %1"
		: "=a" (result)
		: "i" (T_SYSCALL), "a" (c->call),
		  "d" (value_of(c->arg[0])), "c" (value_of(c->arg[1])),
		  "b" (value_of(c->arg[2])), "D" (value_of(c->arg[3])),
		  "S" (value_of(c->arg[4]))
		: "cc", "memory");
	return result;
}

static void
refuse(const struct Case *c)
{
	int got = make_call(c);

	if (got != c->want)
		panic("call %u(%08x, %08x, %08x, %08x, %08x), %s: "
			"returned %d, not %d", c->call, c->arg[0], c->arg[1],
			c->arg[2], c->arg[3], c->arg[4], c->why, got, c->want);
}

static void
refuse_and_end(const struct Case *c)
{
	*WENT_ON = 0;

	envid_t child = fork_or_panic();

	if (child == 0) {
		make_call(c);
		*WENT_ON = 1;
		for (;;)
			sys_env_destroy(0);
	}
	wait(child);
	if (*WENT_ON)
		panic("call %u(%08x, %08x), %s: the caller goes on", c->call,
			value_of(c->arg[0]), c->arg[1], c->why);
}

// ------------------------------------------------- what must stay as it was

static const volatile struct Env *
slot(int who)
{
	return &envs[ENVX(ids[who - CHILD])];
}

struct State {
	int free_pages, envs, mapped;
	uint32_t sum;			// of all page table entries
	unsigned child_status, receiver_status;
	bool receiving;
	uint32_t upcall, eip;		// of the child
};

static struct State
look(void)
{
	struct State s;

	memset(&s, 0, sizeof(s));
	for (uintptr_t va = UPAGES; va < UVPT && page_is_mapped((void *) va);
	     va += PGSIZE) {
		const volatile struct PageInfo *pp = (void *) va;

		for (unsigned i = 0; i < PGSIZE / sizeof(*pp); i++)
			s.free_pages += pp[i].pp_ref == 0;
	}
	for (int i = 0; i < NENV; i++)
		s.envs += envs[i].env_status != ENV_FREE;
	for (uintptr_t va = UTOP; prev_mapped(&va); ) {
		s.mapped++;
		s.sum = s.sum * 31 + (uvpt[PGNUM(va)] & ~(PTE_A | PTE_D));
	}
	s.child_status = slot(CHILD)->env_status;
	s.receiver_status = slot(RECEIVER)->env_status;
	s.receiving = slot(RECEIVER)->env_ipc_recving;
	s.upcall = (uint32_t) slot(CHILD)->env_pgfault_upcall;
	s.eip = slot(CHILD)->env_tf.tf_eip;
	return s;
}

static void
compare(const char *when, const struct State *was, const struct State *is)
{
	if (memcmp(was, is, sizeof(*was)) != 0)
		panic("after calls %s, something has changed: %d free pages, "
			"%d environments, %d pages of ours; before: %d, %d, %d",
			when, is->free_pages, is->envs, is->mapped,
			was->free_pages, was->envs, was->mapped);

	int faults = sys_debug(DEBUG_CHECK, 0);

	if (faults > 0)
		panic("after calls %s, the kernel has %d faults", when, faults);
}

// ---------------------------------------------------------------- beginning

static void
be_receiver(envid_t parent)
{
	envid_t grandchild = fork_or_panic();

	if (grandchild == 0) {
		sys_ipc_recv((void *) UTOP);
		for (;;)
			sys_env_destroy(0);
	}
	ipc_send(parent, grandchild, NULL, 0);
	for (;;)
		sys_ipc_recv((void *) UTOP);
}

static void
make_environments(void)
{
	envid_t me = sys_getenvid(), child;

	ids[SELF - CHILD] = me;
	ids[NEXT_TIME - CHILD] = me + (1 << 12);
	ids[LAST_TIME - CHILD] = me - (1 << 12);
	ids[FREE_SLOT - CHILD] = (1 << 12) + NENV - 1;

	if ((child = fork_or_panic()) == 0)
		be_receiver(me);
	ids[RECEIVER - CHILD] = child;
	ids[GRANDCHILD - CHILD] = ipc_recv(NULL, NULL, NULL);

	must("sys_exofork", ids[GONE - CHILD] = sys_exofork());
	must("sys_env_destroy", sys_env_destroy(ids[GONE - CHILD]));
	must("sys_exofork", ids[CHILD - CHILD] = sys_exofork());
	while (!slot(RECEIVER)->env_ipc_recving
	       || !slot(GRANDCHILD)->env_ipc_recving)
		sys_yield();
}

static void
refuse_all(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		refuse(&cases[i]);
}

void
umain(int argc, char **argv)
{
	struct State before, after;
	envid_t fs = ipc_find_env(ENV_TYPE_FS);

	USED(argc), USED(argv);

	// Wait for the file server, which takes memory while it starts
	while (fs && !envs[ENVX(fs)].env_ipc_recving)
		sys_yield();
	must("page", sys_page_alloc(0, (void *) PAGE, RW));
	must("page", sys_page_alloc(0, (void *) ROPAGE, RO));
	must("page", sys_page_alloc(0, (void *) WENT_ON, RW | PTE_SHARE));
	make_environments();
	refuse_and_end(&ends[0]);		// copy-on-write copies are made
	refuse_all();

	before = look();
	refuse_all();
	after = look();
	compare("that fail", &before, &after);

	for (unsigned i = 0; i < ARRAY_SIZE(ends); i++)
		refuse_and_end(&ends[i]);
	after = look();
	before.sum = after.sum;		// forks made some pages copy-on-write
	compare("that end their caller", &before, &after);

	must("sys_ipc_try_send", sys_ipc_try_send(ids[GRANDCHILD - CHILD], 0,
		(void *) UTOP, 0));
	must("sys_env_destroy", sys_env_destroy(ids[RECEIVER - CHILD]));
	must("sys_env_destroy", sys_env_destroy(ids[CHILD - CHILD]));
	cprintf("%u calls refused\n", (unsigned) (ARRAY_SIZE(cases)
		+ ARRAY_SIZE(ends)));
	cprintf("sysneg ok\n");
}
