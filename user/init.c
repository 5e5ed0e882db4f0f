// user/init.c - the first program from the disk: checks that it was loaded
// right, then starts a shell on the console, and another when that one ends.
//
//	init [args...]

#include <inc/lib.h>

// Initialized data, whose checksum is DATA_SUM
static struct {
	char first[5000];
	char second[1000];
} data = {
	"this is initialized data",
	"so is this"
};
#define DATA_SUM	0xf989e

static char bss[6000];

static int
checksum(const char *s, int n)
{
	int sum = 0;

	for (int i = 0; i < n; i++)
		sum ^= i * s[i];
	return sum;
}

static void
check_loading(void)
{
	int sum = checksum((const char *) &data, sizeof(data));
	if (sum == DATA_SUM)
		cprintf("init: data seems okay\n");
	else
		cprintf("init: data is not initialized: "
			"got sum %08x wanted %08x\n", sum, DATA_SUM);

	sum = checksum(bss, sizeof(bss));
	if (sum == 0)
		cprintf("init: bss seems okay\n");
	else
		cprintf("bss is not initialized: wanted sum 0 got %08x\n", sum);
}

// Prints all by one cprintf, so that no other program's output comes between.
static void
print_args(int argc, char **argv)
{
	static char line[1024];
	int len = snprintf(line, sizeof(line), "init: args:");

	for (int i = 0; i < argc && len < (int) sizeof(line); i++)
		len += snprintf(line + len, sizeof(line) - len, " '%s'",
			argv[i]);
	cprintf("%s\n", line);
}

// Make the console descriptors 0 and 1.
static void
open_console(void)
{
	int r;

	close_all();
	if ((r = opencons()) < 0)
		panic("opencons: %e", r);
	if (r != 0)
		panic("first opencons used fd %d", r);
	if ((r = dup(0, 1)) < 0)
		panic("dup: %e", r);
}

// Is r an error that passes, when other programs end?
static bool
is_shortage(int r)
{
	return r == -E_NO_MEM || r == -E_NO_FREE_ENV || r == -E_MAX_OPEN;
}

// Returns the shell's id, or an error that is no shortage.
static envid_t
start_shell(void)
{
	bool said = false;
	envid_t sh;

	while (is_shortage(sh = spawnl("/sh", "sh", (char *) 0))) {
		if (!said)
			cprintf("init: spawn sh: %e; trying again\n", sh);
		said = true;
		sys_yield();
	}
	return sh;
}

void
umain(int argc, char **argv)
{
	cprintf("init: running\n");
	check_loading();
	print_args(argc, argv);

	cprintf("init: running sh\n");
	open_console();
	for (;;) {
		cprintf("init: starting sh\n");
		envid_t sh = start_shell();
		if (sh < 0) {
			cprintf("init: spawn sh: %e\n", sh);
			return;
		}
		wait(sh);
	}
}
