// ext/shell/user/shcost.c - what a command takes in sh and in jsh, in
// instructions where a tick of the time-stamp counter is one (-icount shift=0).

#include <inc/lib.h>

#include <tests/user/bench.h>

#define COMMANDS	10

// Make a file with so many commands.
static void
write_script(const char *name, int commands)
{
	const int fd = open_or_panic(name, O_WRONLY | O_CREAT | O_TRUNC);

	while (commands-- > 0)
		fprintf(fd, "echo\n");
	close(fd);
}

static void
run_shell(const char *shell, const char *script)
{
	const envid_t child = spawnl(shell, shell, script, NULL);

	must(shell, child);
	wait(child);
}

// The first run brings all that is needed into the block cache.
static uint32_t
count_script(const char *shell, int commands)
{
	write_script("/script", commands);
	run_shell(shell, "script");
	return COUNT_BUSY(run_shell(shell, "script"));
}

static uint32_t
count_command(const char *shell)
{
	const uint32_t one = count_script(shell, 1);

	return (count_script(shell, 1 + COMMANDS) - one) / COMMANDS;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	const uint32_t plain = count_command("/sh"), own = count_command("/jsh");

	cprintf("| a command, until the shell reads the next | %d | %d |\n"
		"shcost ok\n", plain, own);
}
