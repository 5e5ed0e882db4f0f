// ext/exec/user/exectest.c - becomes itself, and looks at what is still there.
//
//	exectest			starts the tests below, in children
//	exectest image ID PARENT FD	what a test becomes: checks that it has
//					this id, parent and open file
//	exectest divide			divides by zero
//	exectest again N ENVS PAGES	becomes itself N times more; then as
//					many must be in use as after WARM_UP

#include <ext/exceptions/exceptions.h>
#include <ext/exec/exec.h>
#include <ext/ext.h>
#include <ext/test.h>

#define ROUNDS		1000
#define WARM_UP		300		// until the server, which looks at four
					// of its 1024 open files with each
					// open, has what it needs
#define PRIVATE		((char *) 0x30000000)
#define BEFORE		0x5A		// the value of `memory'
#define FCW_INIT	0x037F		// of the floating-point control word
#define FCW_OTHER	0x027F

static char memory = BEFORE;

// ------------------------------------------------------------------ counting

struct Used {
	int envs, pages;
};

static struct Used
used(void)
{
	return (struct Used) { NENV - free_envs(), pages_in_use() };
}

// -------------------------------------------------------------- what fails

// Each error is before the point of no return: the caller goes on as it was.
// Returns how many pages more are in use then.
static int
fail_once(void)
{
	static char long_arg[PGSIZE];
	const struct Used before = used();
	const envid_t never_run = sys_exofork();

	if (never_run == 0)
		exit();
	memory = 1;
	memset(long_arg, 'x', sizeof(long_arg) - 1);
	expect("no such file", execl("/none", "none", NULL), -E_NOT_FOUND);
	expect("no program", execl("/lorem", "lorem", NULL), -E_NOT_EXEC);
	expect("long arguments", execl("/hello", long_arg, NULL), -E_NO_MEM);
	expect("nobody", ext_call(SYS_exec, 0x7FFFFFFF, 0, 0, 0, 0),
		-E_BAD_ENV);
	expect("the parent", ext_call(SYS_exec, thisenv->env_parent_id, 0, 0,
		0, 0), -E_BAD_ENV);
	expect("itself", ext_call(SYS_exec, 0, 0, 0, 0, 0), -E_INVAL);
	sys_env_set_status(never_run, ENV_RUNNABLE);
	expect("a child that may run", ext_call(SYS_exec, never_run, 0, 0, 0,
		0), -E_INVAL);
	sys_env_destroy(never_run);
	wait(never_run);
	expect("memory", memory, 1);

	struct Used after = used();

	expect("environments in use", after.envs, before.envs);
	return after.pages - before.pages;
}

// The second time, the file server has what it needs.
static void
fail(void)
{
	fail_once();
	expect("pages in use", fail_once(), 0);
	cprintf("exec fails without harm\n");
}

// -------------------------------------------------------------- what is kept

static void
handle(struct UTrapframe *utf)
{
	panic("a handler of the old program, at %08x", utf->utf_eip);
}

// What a test does before it becomes another program
static void
change_everything(void)
{
	const uint16_t control = FCW_OTHER;

	memory = 2;
	sys_page_alloc(0, PRIVATE, PTE_P | PTE_U | PTE_W);
	set_pgfault_handler(handle);
	set_exception_handler(T_DIVIDE, handle);
	__asm__ volatile("fldcw %0" : : "m" (control));
}

static void
become_image(void)
{
	static char id[16], parent[16], fd_name[16];
	char c[10];
	const int fd = open("/lorem", O_RDONLY);

	if (fd < 0 || readn(fd, c, sizeof(c)) != sizeof(c))
		panic("open: %e", fd);
	snprintf(id, sizeof(id), "%d", thisenv->env_id);
	snprintf(parent, sizeof(parent), "%d", thisenv->env_parent_id);
	snprintf(fd_name, sizeof(fd_name), "%d", fd);
	change_everything();
	expect("exec", execl("/exectest", "exectest", "image", id, parent,
		fd_name, NULL), 0);
	panic("code after exec runs");
}

static void
be_image(char **argv)
{
	static const char next[] = "alks into";	// behind what was read
	const int fd = strtol(argv[4], NULL, 10);
	char text[40] = "";
	uint16_t control;

	__asm__ volatile("fnstcw %0" : "=m" (control));
	expect("id", sys_getenvid(), strtol(argv[2], NULL, 10));
	expect("parent", thisenv->env_parent_id, strtol(argv[3], NULL, 10));
	expect("memory", memory, BEFORE);
	expect("a page of the old program", page_is_mapped(PRIVATE), false);
	expect("upcall", (uintptr_t) thisenv->env_pgfault_upcall, 0);
	expect("exception stack",
		page_is_mapped((void *) (UXSTACKTOP - PGSIZE)), false);
	expect("floating point", control, FCW_INIT);
	if (readn(fd, text, sizeof(text) - 1) < 0
	    || strncmp(text, next, sizeof(next) - 1) != 0)
		panic("the file goes on with %s", text);
	cprintf("exec keeps id, parent and file\n");
}

static void
divide(void)
{
	__asm__ volatile("xorl %%edx, %%edx; divl %%edx"
		: : : "eax", "edx", "cc");
}

static void
become_divider(void)
{
	change_everything();
	execl("/exectest", "exectest", "divide", NULL);
	panic("code after exec runs");
}

// ------------------------------------------------------------- what is freed

static void
become_again(int n, struct Used u)
{
	char number[16], nenvs[16], npages[16];

	snprintf(number, sizeof(number), "%d", n);
	snprintf(nenvs, sizeof(nenvs), "%d", u.envs);
	snprintf(npages, sizeof(npages), "%d", u.pages);
	panic("exec: %e", execl("/exectest", "exectest", "again", number,
		nenvs, npages, NULL));
}

static void
be_again(char **argv)
{
	const int n = strtol(argv[2], NULL, 10);
	struct Used u = {
		.envs = strtol(argv[3], NULL, 10),
		.pages = strtol(argv[4], NULL, 10),
	};

	if (n == ROUNDS)
		u = used();
	if (n > 0)
		become_again(n - 1, u);

	const struct Used now = used();

	expect("environments", now.envs, u.envs);
	expect("pages", now.pages, u.pages);
	cprintf("%d times exec, and no page is lost\n", ROUNDS);
}

// ----------------------------------------------------------------- pipelines

// echo piped | cat, as a shell would start it
static void
run_pipeline(void)
{
	int p[2], r = pipe(p);
	envid_t left, right;

	if (r < 0)
		panic("pipe: %e", r);
	if ((left = fork_or_panic()) == 0) {
		dup(p[1], 1);
		close(p[0]), close(p[1]);
		execl("/echo", "echo", "piped", NULL);
		panic("echo");
	}
	if ((right = fork_or_panic()) == 0) {
		dup(p[0], 0);
		close(p[0]), close(p[1]);
		execl("/cat", "cat", NULL);
		panic("cat");
	}
	close(p[0]), close(p[1]);
	wait(left);
	wait(right);
}

static void
run_again(void)
{
	become_again(WARM_UP + ROUNDS, (struct Used) { 0, 0 });
}

void
umain(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "image") == 0) {
		be_image(argv);
		return;
	}
	if (argc == 5 && strcmp(argv[1], "again") == 0) {
		be_again(argv);
		return;
	}
	if (argc == 2 && strcmp(argv[1], "divide") == 0) {
		divide();
		return;
	}
	close(0), close(1);
	if (opencons() != 0 || dup(0, 1) != 1)
		panic("no console");
	in_child(fail);
	in_child(become_image);
	in_child(become_divider);
	run_pipeline();
	in_child(run_again);
	cprintf("exectest ok\n");
}
