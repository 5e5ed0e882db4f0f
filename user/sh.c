// user/sh.c - the shell.
//
//	sh [-dix] [command-file]
//
// -d	say what is being done
// -i	prompt, even if the input is not the console
// -x	show each line before it is run
//
// A line is
//
//	command { | command }
//
// and a command is words with < file and > file anywhere among them.  run_line
// forks a child for each line; in the child, runcmd checks the line
// (line_is_ok) and runs its commands.

#include <inc/lib.h>

#define BUFSIZ		1024		// bytes of a line
#define MAXARGS		16		// words of a command
#define MAXCOMMANDS	32		// commands of a line

static int debug;
static bool at_console;			// input is the console, not a script

#define trace(...) do {			\
	if (debug)			\
		cprintf(__VA_ARGS__);	\
} while (0)

// ----------------------------------------------------------------- parsing

#define BLANKS		" \t\r\n"
#define SPECIAL		"<|>&;()"	// each is a token by itself

// Kinds of token; a special character is its own kind.
#define END_OF_LINE	0
#define WORD		'w'

static const char *rest;		// of the line, for gettoken
static char words[BUFSIZ];		// copies of the words so far
static char *words_end;

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

// With a line: start at its beginning, and return 0.  With NULL: return the
// next token; if it is a word, *word is set to a copy in words[].  Every copy
// and its NUL fit if the line is shorter than BUFSIZ.
static int
gettoken(char *line, char **word)
{
	if (line) {
		rest = line;
		words_end = words;
		return 0;
	}
	while (is_in(*rest, BLANKS))
		rest++;
	if (*rest == '\0')
		return END_OF_LINE;
	if (is_in(*rest, SPECIAL)) {
		if (debug > 1)
			cprintf("TOK %c\n", *rest);
		return *rest++;
	}

	*word = words_end;
	while (*rest && !is_in(*rest, BLANKS) && !is_in(*rest, SPECIAL))
		*words_end++ = *rest++;
	*words_end++ = '\0';
	if (debug > 1)
		cprintf("WORD %s\n", *word);
	return WORD;
}

// Can runcmd run the whole line?  If not, prints why.
static bool
line_is_ok(char *line)
{
	int kind, argc = 0, ncommands = 1;
	char *word;

	if (strlen(line) >= BUFSIZ) {
		cprintf("line too long\n");
		return false;
	}
	gettoken(line, NULL);
	do {
		switch (kind = gettoken(NULL, &word)) {
		case WORD:
			if (argc++ < MAXARGS)
				break;
			cprintf("too many arguments\n");
			return false;
		case '<':
		case '>':
			if (gettoken(NULL, &word) == WORD)
				break;
			cprintf("syntax error: %c not followed by word\n",
				kind);
			return false;
		case '|':
		case END_OF_LINE:
			if (argc == 0 && (kind == '|' || ncommands > 1)) {
				cprintf("syntax error: | without command\n");
				return false;
			}
			if (kind == '|' && ncommands++ == MAXCOMMANDS) {
				cprintf("too many commands\n");
				return false;
			}
			argc = 0;
			break;
		default:
			cprintf("syntax error: %c is not supported\n", kind);
			return false;
		}
	} while (kind != END_OF_LINE);
	return true;
}

// ------------------------------------------------------- running commands

// Move descriptor `from` to number `to`.  On an error prints it and returns
// false.
static bool
move_fd(int from, int to)
{
	if (from == to)
		return true;

	int r = dup(from, to);

	close(from);
	if (r < 0)
		cprintf("descriptor %d: %e\n", to, r);
	return r >= 0;
}

// Open file as descriptor num.  On an error prints it and returns false.
static bool
redirect(int num, const char *file, int mode, const char *what)
{
	int fd = open(file, mode);

	if (fd < 0) {
		cprintf("open %s for %s: %e\n", file, what, fd);
		return false;
	}
	return move_fd(fd, num);
}

// Start a program, which inherits all descriptors.  Returns its environment; or
// an error, which it prints.
static envid_t
start_program(char **argv)
{
	static char path[BUFSIZ + 1];	// too large for the stack

	snprintf(path, sizeof(path), "%s%s",
		argv[0][0] == '/' ? "" : "/", argv[0]);
	trace("[%08x] SPAWN: %s\n", thisenv->env_id, path);
	envid_t child = spawn(path, (const char **) argv);
	if (child < 0)
		cprintf("spawn %s: %e\n", path, child);
	return child;
}

static void
wait_for(envid_t child)
{
	if (child <= 0)
		return;
	trace("[%08x] WAIT %08x\n", thisenv->env_id, child);
	wait(child);
}

// Fork a child for each command of the line but the first, with a pipe from the
// command before.  Returns in the caller and in each child, with `rest` at the
// command to run there.  The result is the child forked for the next command,
// which the caller waits for, or 0.
static envid_t
fork_others(void)
{
	const char *bar;
	int p[2], r;

	while ((bar = strchr(rest, '|'))) {
		if ((r = pipe(p)) < 0) {
			cprintf("pipe: %e\n", r);
			exit();
		}
		trace("PIPE: %d %d\n", p[0], p[1]);

		envid_t right = fork();

		if (right < 0) {
			cprintf("fork: %e\n", right);
			exit();
		}
		// Close p[0] first: it may be number 1, which move_fd uses
		close(right == 0 ? p[1] : p[0]);
		if (!(right == 0 ? move_fd(p[0], 0) : move_fd(p[1], 1)))
			exit();
		if (right != 0)
			return right;
		rest = bar + 1;
	}
	return 0;
}

// Run a line, and exit.
static void __attribute__((noreturn))
runcmd(char *line)
{
	char *argv[MAXARGS + 1], *word;
	int argc = 0, kind;
	bool ok = true;
	envid_t left = 0;

	if (!line_is_ok(line))
		exit();
	gettoken(line, NULL);

	envid_t right = fork_others();

	do {
		switch (kind = gettoken(NULL, &word)) {
		case WORD:
			argv[argc++] = word;
			break;
		case '<':
			gettoken(NULL, &word);
			ok = ok && redirect(0, word, O_RDONLY, "read");
			break;
		case '>':
			gettoken(NULL, &word);
			ok = ok && redirect(1, word,
				O_WRONLY | O_CREAT | O_TRUNC, "write");
			break;
		}
	} while (kind != '|' && kind != END_OF_LINE);
	argv[argc] = NULL;

	if (argc == 0)
		trace("EMPTY COMMAND\n");	// > file makes an empty file
	else if (ok)
		left = start_program(argv);
	close_all();			// so the next command sees an end
	wait_for(left);
	wait_for(right);
	trace("[%08x] EXITING\n", thisenv->env_id);
	exit();
}

// Run a line in a child, so that the shell's descriptors do not change.
static void
run_line(char *line)
{
	trace("BEFORE FORK\n");
	envid_t child = fork();
	if (child < 0) {
		cprintf("fork: %e\n", child);
		return;
	}
	trace("FORK: %d\n", child);
	if (child == 0) {
		if (at_console)
			sys_cons_foreground(true);
		runcmd(line);
	}
	wait(child);
}

// ------------------------------------------------------------ the shell

static void __attribute__((noreturn))
usage(void)
{
	cprintf("usage: sh [-dix] [command-file]\n");
	exit();
}

// Make file the shell's input.
static void
read_from(const char *file)
{
	close(0);
	int fd = open(file, O_RDONLY);
	if (fd < 0) {
		cprintf("open %s: %e\n", file, fd);
		exit();
	}
	if (!move_fd(fd, 0))
		exit();
}

void
umain(int argc, char **argv)
{
	bool prompt = false, echo = false;
	struct Argstate args;
	char *line;
	int c;

	argstart(&argc, argv, &args);
	while ((c = argnext(&args)) >= 0)
		switch (c) {
		case 'd':
			debug++;
			break;
		case 'i':
			prompt = true;
			break;
		case 'x':
			echo = true;
			break;
		default:
			usage();
		}
	if (argc > 2)
		usage();
	if (argc == 2)
		read_from(argv[1]);
	if (iscons(0) > 0) {
		prompt = at_console = true;
		sys_cons_foreground(false);
	}

	while ((line = readline(prompt ? "$ " : NULL))) {
		trace("LINE: %s\n", line);
		if (line[0] == '#')
			continue;
		if (echo)
			printf("# %s\n", line);
		run_line(line);
	}
	trace("EXITING\n");
}
