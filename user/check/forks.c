// user/check/forks.c - fork, duppage and pgfault of lib/fork.c: which memory a
// child has, who may write to it, and what is copied.
//
// A child leaves what it found in its own memory and waits in sys_ipc_recv; the
// parent maps that memory and looks.

#include <inc/mmu.h>

#include <user/check/panic.h>
#include <user/check/thread.h>

#define EX12	"lab 4, exercise 12; lib/fork.c"

#define LOW	((char *) 0x00400000)	// below the program
#define HIGH	((char *) 0xB0000000)
#define PERMS	PTE_SYSCALL

// What a child found, in a page of its own
static struct Report {
	int done;
	bool thisenv_right;
	envid_t id, parent;
	int faults;			// of its own handler
	uint32_t err;			// of the last one
	int value;			// what it read
	pte_t page, readonly, low, high, stack, xstack;	// entries
	envid_t grandchild;
} report __attribute__((aligned(PGSIZE)));
static char rest[PGSIZE - sizeof(report)] __attribute__((used));

static char data[PGSIZE] __attribute__((aligned(PGSIZE))) = "parent";

static struct Report found;		// what fetch() got

// Wait for the child, and fetch its report; false if it ended without one.
static bool
fetch(envid_t child)
{
	memset(&found, 0, sizeof(found));
	if (child <= 0 || !until_receiving(child))
		return false;
	if (sys_page_map(child, &report, 0, LOOK, RO) < 0)
		return false;
	memcpy(&found, LOOK, sizeof(found));
	sys_page_unmap(0, LOOK);
	return found.done;
}

static void __attribute__((noreturn))
wait_here(void)
{
	report.done = 1;
	for (;;)
		call(SYS_ipc_recv, UTOP, 0, 0, 0, 0);
}

static void
end(envid_t child)
{
	if (child > 0)
		sys_env_destroy(child);
	until_gone(child);
}

// The first byte that the child has at va; -1 if nothing is there
static int
byte_in(envid_t child, void *va)
{
	int byte = -1;

	if (sys_page_map(child, (void *) ROUNDDOWN((uint32_t) va, PGSIZE), 0,
			LOOK, RO) == 0) {
		byte = LOOK[PGOFF(va)];
		sys_page_unmap(0, LOOK);
	}
	return byte;
}

static envid_t
fork_here(void)
{
	const envid_t child = fork();

	expect(child >= 0, "expected a child, got %s", result_name(child));
	return child;
}

// --------------------------------------------------------- parent and child

static void
two_returns(void)
{
	// Any of them may end this program, or keep it for ever.
	look_at("fork, duppage or pgfault", EX12);

	const envid_t me = sys_getenvid(), child = fork_here();
	const volatile struct Env *const e = thisenv;

	if (child == 0 || sys_getenvid() != me) {
		report.id = sys_getenvid();
		report.thisenv_right = e == &envs[ENVX(report.id)]
			&& e->env_id == report.id;
		report.parent = env_of(report.id)->env_parent_id;
		report.value = child;
		report.xstack = entry_of(XSTACK);
		report.page = entry_of(PAGE);
		report.readonly = entry_of(ROPAGE);
		report.low = entry_of(LOW);
		report.high = entry_of(HIGH);
		wait_here();
	}
	look_at("fork", EX12);
	expect(child != me && env_of(child)->env_id == child,
		"the parent gets %08x, expected the id of the child", child);
	expect(thisenv == e && e->env_id == me,
		"thisenv of the parent has changed");

	const bool came = fetch(child);

	expect(came, "the child does not run, or ends when it writes to its "
		"memory");
	if (!came) {
		end(child);
		return;
	}
	expect(found.value == 0, "the child gets %08x, expected 0",
		found.value);
	expect(found.thisenv_right, "thisenv of the child is not that of the "
		"child");
	expect(found.parent == me, "the child has parent %08x, expected %08x",
		found.parent, me);
	expect(env_of(child)->env_pgfault_upcall == (void *) _pgfault_upcall,
		"the child has upcall %p, expected _pgfault_upcall",
		env_of(child)->env_pgfault_upcall);
	expect((found.xstack & PERMS) == RW, "the exception stack of the "
		"child has permissions %03x, expected PTE_P | PTE_U | PTE_W, "
		"and not PTE_COW", found.xstack & PERMS);
	expect(PTE_ADDR(found.xstack) != PTE_ADDR(entry_of(XSTACK)),
		"parent and child have one exception stack");
	expect((entry_of(XSTACK) & PERMS) == RW, "the exception stack of the "
		"parent has permissions %03x after fork",
		entry_of(XSTACK) & PERMS);
	expect(found.low && found.high, "pages at %08x and %08x: expected "
		"both in the child", (uint32_t) LOW, (uint32_t) HIGH);

	look_at("duppage", EX12);
	expect((found.page & PERMS) == (RO | PTE_COW), "a writable page has "
		"permissions %03x in the child, expected PTE_P | PTE_U | "
		"PTE_COW", found.page & PERMS);
	expect((entry_of(PAGE) & PERMS) == (RO | PTE_COW), "a writable page "
		"has permissions %03x in the parent, expected PTE_P | PTE_U | "
		"PTE_COW", entry_of(PAGE) & PERMS);
	expect(PTE_ADDR(found.page) == PTE_ADDR(entry_of(PAGE)), "a writable "
		"page is copied, not shared copy-on-write");
	expect((found.readonly & PERMS) == RO, "a read-only page has "
		"permissions %03x in the child, expected PTE_P | PTE_U",
		found.readonly & PERMS);
	expect((entry_of(ROPAGE) & PERMS) == RO, "a read-only page has "
		"permissions %03x in the parent, expected PTE_P | PTE_U",
		entry_of(ROPAGE) & PERMS);
	expect(PTE_ADDR(found.readonly) == PTE_ADDR(entry_of(ROPAGE)),
		"a read-only page is not the same in the child");
	end(child);
}

// --------------------------------------------------------------------- writes

// The child's write is its own.
static void
child_writes(void)
{
	*PAGE = 'p';

	const envid_t child = fork_here();

	if (child == 0) {
		*PAGE = 'c';
		data[0] = 'c';
		report.page = entry_of(PAGE);
		report.value = *PAGE;
		wait_here();
	}
	look_at("pgfault", EX12);

	const bool came = fetch(child);

	expect(came, "a child that writes to a copy-on-write page ends, or "
		"hangs");
	expect(!came || found.value == 'c', "the child reads %d after it "
		"wrote %d", found.value, 'c');
	expect(!came || (found.page & PERMS) == RW, "the copy has permissions "
		"%03x, expected PTE_P | PTE_U | PTE_W, without PTE_COW",
		found.page & PERMS);
	look_at("duppage", EX12);
	expect(*PAGE == 'p' && data[0] == 'p',
		"what the child writes, the parent reads");
	end(child);
}

// The parent's write after fork is its own, too.
static void
parent_writes(void)
{
	look_at("duppage", EX12);
	for (int i = 0; i < PGSIZE; i++)
		PAGE[i] = i % 127;
	*PAGE = 'p';

	const envid_t child = fork_here();

	if (child == 0)
		wait_here();
	fetch(child);
	*PAGE = 'P';
	expect(byte_in(child, PAGE) == 'p',
		"what the parent writes after fork, the child reads");
	look_at("pgfault", EX12);
	expect(*PAGE == 'P', "a page that was written to reads %d, expected "
		"%d", *PAGE, 'P');
	for (int i = 1; i < PGSIZE; i++)
		if (PAGE[i] != i % 127) {
			wrong("the copy of a page differs from it at byte %d",
				i);
			break;
		}
	expect(!page_is_mapped(PFTEMP), "a page is still mapped at PFTEMP");
	end(child);
}

// No page that one of the two can write to is the other's, too.
static void
nothing_shared(void)
{
	static const char *const what[] = {
		"the parent", "the child", "the child and the parent"
	};

	look_at("duppage", EX12);

	const envid_t child = fork_here();

	if (child == 0)
		wait_here();
	fetch(child);
	for (uintptr_t va = next_mapped(0, UTOP); va < UTOP;
	     va = next_mapped(va + PGSIZE, UTOP)) {
		const pte_t ours = uvpt[PGNUM(va)];
		int who = -1;

		if (va == (uintptr_t) LOOK || sys_page_map(child, (void *) va,
				0, LOOK, RO) < 0)
			continue;
		if (PTE_ADDR(uvpt[PGNUM(LOOK)]) == PTE_ADDR(ours)) {
			who += ours & PTE_W ? 1 : 0;
			if (sys_page_map(child, (void *) va, 0, LOOK, RW) == 0)
				who += 2;
		}
		expect(who < 0, "a page that parent and child share, %08x, "
			"can be written to by %s", va, what[MAX(who, 0)]);
		if (who >= 0)
			break;
	}
	sys_page_unmap(0, LOOK);
	end(child);
}

// The last bytes of a page, by a write that is not aligned
static void
write_at_end(void)
{
	look_at("pgfault", EX12);
	*(uint32_t *) (PAGE + PGSIZE - 4) = 1;

	const envid_t child = fork_here();

	if (child == 0) {
		*(volatile uint32_t *) (PAGE + PGSIZE - 4) = 2;
		report.value = *(uint32_t *) (PAGE + PGSIZE - 4);
		wait_here();
	}
	expect(fetch(child) && found.value == 2,
		"a write to the last word of a page does not succeed");
	expect(*(uint32_t *) (PAGE + PGSIZE - 4) == 1,
		"a write to the last word of a page is seen by the parent");
	end(child);
}

// Two children, one after the other: the page is copy-on-write at the second
// fork.
static void
second_child(void)
{
	look_at("duppage", EX12);
	*PAGE = 'p';

	const envid_t first = fork_here();

	if (first == 0)
		wait_here();
	fetch(first);

	// PAGE is copy-on-write here: no write since
	const envid_t second = fork_here();

	if (second == 0) {
		report.page = entry_of(PAGE);
		*PAGE = 's';
		report.value = *PAGE;
		wait_here();
	}

	const bool came = fetch(second);

	expect(came && found.value == 's', "a page that was copy-on-write at "
		"fork: the child cannot write to it");
	expect(!came || (found.page & PERMS) == (RO | PTE_COW), "a page that "
		"was copy-on-write at fork has permissions %03x in the child",
		found.page & PERMS);
	expect((entry_of(PAGE) & PERMS) == (RO | PTE_COW), "a page that was "
		"copy-on-write at fork has permissions %03x in the parent",
		entry_of(PAGE) & PERMS);
	*PAGE = 'P';
	expect(byte_in(first, PAGE) == 'p' && (!came
		|| byte_in(second, PAGE) == 's'), "with two children, a write "
		"of one environment is seen by another");
	end(second);
	end(first);
}

// A child's child
static void
grandchild(void)
{
	look_at("fork", EX12);
	*PAGE = 'p';

	const envid_t child = fork_here();

	if (child == 0) {
		*HIGH = 'c';

		const envid_t its = fork();
		const volatile struct Env *const e = thisenv;

		if (its == 0) {
			report.thisenv_right = e == &envs[ENVX(sys_getenvid())];
			report.value = *PAGE + *HIGH;
			*PAGE = 'g';
			wait_here();
		}
		report.grandchild = its;
		until_receiving(its);

		// What the grandchild reports, this child passes on
		if (its > 0 && sys_page_map(its, &report, 0, LOOK, RO) == 0) {
			const struct Report *r = (struct Report *) LOOK;

			report.thisenv_right = r->thisenv_right;
			report.value = r->done ? r->value : -1;
		}
		report.faults = *PAGE;
		if (its > 0)
			sys_env_destroy(its);
		wait_here();
	}

	const bool came = fetch(child);

	expect(came && found.grandchild > 0, "a child cannot fork");
	expect(!came || found.thisenv_right, "thisenv of a child's child is "
		"not its own");
	expect(!came || found.value == 'p' + 'c', "a child's child reads "
		"other memory than its parent's");
	expect(!came || found.faults == 'p',
		"what a child's child writes, its parent reads");
	end(child);
}

// --------------------------------------------------- what is no copy-on-write

static void
own_handler(struct UTrapframe *utf)
{
	report.faults++;
	report.err = utf->utf_err;
	wait_here();
}

// With a handler of its own, a child sees that it may not write.
static void
readonly_in_child(void)
{
	look_at("duppage", EX12);

	const envid_t child = fork_here();

	if (child == 0) {
		report.faults = 0;	// no copy-on-write fault after this
		set_pgfault_handler(own_handler);
		*ROPAGE = 1;
		wait_here();
	}
	expect(fetch(child) && found.faults == 1,
		"a child can write to a page that is read-only in its parent");
	end(child);
}

// Without one, the write must panic.
static void
pgfault_panics(const char *what, char *va, bool write)
{
	look_at("pgfault", EX12);

	const envid_t child = fork_here();

	if (child == 0) {
		if (write)
			*(volatile char *) va = 1;
		else
			(void) *(volatile char *) va;
		wait_here();		// wrong
	}

	const bool ended = until(is_gone(child)
		|| env_of(child)->env_ipc_recving);

	expect(ended && is_gone(child), "%s: expected a panic, but %s", what,
		ended ? "the program goes on" : "it faults for ever");
	expect(!is_gone(child)
		|| env_of(child)->env_pgfault_upcall == PANIC_MARK, "%s: "
		"expected a panic, but the program ends without one", what);
	end(child);
}

// fork has set its handler, in place of the program's.
static void
ignore(struct UTrapframe *utf)
{
	sys_page_alloc(0, (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE), RW);
}

static void
handler_is_set(void)
{
	look_at("fork", EX12);
	set_pgfault_handler(ignore);
	*PAGE = 'p';
	PAGE[1] = 'r';

	const envid_t child = fork_here();

	if (child == 0) {
		*PAGE = 'c';
		report.value = PAGE[1];
		wait_here();
	}

	const bool came = fetch(child);

	expect(came && found.value == 'r', "the page-fault handler of the "
		"program was not replaced by pgfault");
	end(child);
}

// ------------------------------------------------------------ without a child

static void
no_slot(void)
{
	static envid_t all[NENV];
	int n = 0, r;

	look_at("fork", EX12);
	while ((r = sys_exofork()) > 0)
		all[n++] = r;
	r = fork_or_panic();
	if (r == 0)
		thread_end();
	panic_as_usual();
	if (r != PANICKED)
		expect_result("with no environment left", r, -E_NO_FREE_ENV);
	while (n > 0)
		sys_env_destroy(all[--n]);
}

static void
nothing_is_left(void)
{
	envid_t child = fork_here();

	if (child == 0)
		thread_end();
	until_gone(child);

	const int free = free_pages();

	look_at("fork", EX12);
	for (int i = 0; i < 3; i++) {
		if ((child = fork_here()) == 0)
			thread_end();
		until_gone(child);
	}
	expect(free_pages() >= free - 2, "after three children have come and "
		"gone, %d pages are free, expected %d", free_pages(), free);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv), USED(panics);

	sys_page_alloc(0, PAGE, RW);
	sys_page_alloc(0, LOW, RW);
	sys_page_alloc(0, HIGH, RW);
	sys_page_alloc(0, ROPAGE, RW);
	*ROPAGE = 'r';
	sys_page_map(0, ROPAGE, 0, ROPAGE, RO);
	sys_page_alloc(0, LOOK, RW);
	sys_page_unmap(0, LOOK);

	two_returns();
	child_writes();
	parent_writes();
	nothing_shared();
	write_at_end();
	second_child();
	grandchild();
	readonly_in_child();
	pgfault_panics("a write to a read-only page", ROPAGE, true);
	pgfault_panics("a write where nothing is mapped", NOPAGE, true);
	pgfault_panics("a read where nothing is mapped", NOPAGE, false);
	handler_is_set();
	no_slot();
	nothing_is_left();
	look_no_more();
}
