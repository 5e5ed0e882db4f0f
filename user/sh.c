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
// and a command is words with < file and > file anywhere among them.  The
// line is taken apart first, into commands[], by a child of ours; only if all
// of it makes sense does that run it.

#include <inc/lib.h>

#define BUFSIZ		1024		// bytes of a line
#define MAXARGS		16		// words of a command
#define MAXCOMMANDS	32		// commands of a line

struct Command {
	char *argv[MAXARGS + 1];	// a null pointer after the last
	int argc;
	char *input;			// file for descriptor 0, or NULL
	char *output;			// file for descriptor 1, or NULL
};

static struct Command commands[MAXCOMMANDS];

static int debug;
static bool at_console;			// and not in a script

#define trace(...) do {			\
	if (debug)			\
		cprintf(__VA_ARGS__);	\
} while (0)

// ------------------------------------------------------ taking lines apart

#define BLANKS		" \t\r\n"
#define SPECIAL		"<|>&;()"	// words of their own

// Kinds of token; a special character is its own kind.
#define END_OF_LINE	0
#define WORD		'w'

static const char *rest;		// of the line: not looked at yet
static char words[BUFSIZ];		// copies of the words so far
static char *words_end;

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

// With a line: begin with it; returns 0.  With NULL: the next token of the
// line; *word is set to the copy of a word.  All copies fit, if the line is
// shorter than BUFSIZ: each is as long as the word and what separates it.
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

static bool
add_arg(struct Command *cmd, char *word)
{
	if (cmd->argc == MAXARGS) {
		cprintf("too many arguments\n");
		return false;
	}
	cmd->argv[cmd->argc++] = word;
	return true;
}

// The word after < or > is the name of a file.
static bool
set_file(char **file, int redirection)
{
	if (gettoken(NULL, file) == WORD)
		return true;
	cprintf("syntax error: %c not followed by word\n", redirection);
	return false;
}

// Take a command off the line.  Returns what ended it, '|' or END_OF_LINE,
// or -1 after a message.
static int
parse_command(struct Command *cmd)
{
	char *word;
	bool ok;

	memset(cmd, 0, sizeof(*cmd));
	do {
		int kind = gettoken(NULL, &word);
		switch (kind) {
		case WORD:
			ok = add_arg(cmd, word);
			break;
		case '<':
			ok = set_file(&cmd->input, kind);
			break;
		case '>':
			ok = set_file(&cmd->output, kind);
			break;
		case '|':
		case END_OF_LINE:
			return kind;
		default:
			cprintf("syntax error: %c is not supported\n", kind);
			ok = false;
		}
	} while (ok);
	return -1;
}

static bool
is_empty(const struct Command *cmd)
{
	return cmd->argc == 0 && !cmd->input && !cmd->output;
}

// Take line apart.  Returns how many commands[] it has, 0 for an empty line,
// or -1 after a message.
static int
parse_line(char *line)
{
	int end = '|';
	int n;

	if (strlen(line) >= BUFSIZ) {
		cprintf("line too long\n");
		return -1;
	}
	gettoken(line, NULL);
	for (n = 0; end == '|'; n++) {
		if (n == MAXCOMMANDS) {
			cprintf("too many commands\n");
			return -1;
		}
		if ((end = parse_command(&commands[n])) < 0)
			return -1;
		if (commands[n].argc == 0 && (n > 0 || end == '|')) {
			cprintf("syntax error: | without command\n");
			return -1;
		}
	}
	return n == 1 && is_empty(&commands[0]) ? 0 : n;
}

// ---------------------------------------------------------- running them

// Make descriptor to what from is, and close from.  Returns false after a
// message.
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

// Returns false after a message.
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

// Start cmd with the descriptors that we have and those that it asks for.
// Returns its environment, or a number <= 0 after a message.
static envid_t
start_command(struct Command *cmd)
{
	static char path[BUFSIZ + 1];	// too large for the stack

	if (cmd->input
	    && !redirect(0, cmd->input, O_RDONLY, "read"))
		return 0;
	if (cmd->output
	    && !redirect(1, cmd->output, O_WRONLY | O_CREAT | O_TRUNC, "write"))
		return 0;
	if (cmd->argc == 0)
		return 0;		// > file makes an empty file

	snprintf(path, sizeof(path), "%s%s",
		cmd->argv[0][0] == '/' ? "" : "/", cmd->argv[0]);
	trace("[%08x] SPAWN: %s\n", thisenv->env_id, path);
	envid_t child = spawn(path, (const char **) cmd->argv);
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

// Run n commands, from cmd on, each reading what the one before writes.
// Uses up our descriptors, and ends us when all of them have ended.
static void __attribute__((noreturn))
run_commands(struct Command *cmd, int n)
{
	envid_t right = 0;
	int p[2], r;

	if (n > 1) {
		if ((r = pipe(p)) < 0) {
			cprintf("pipe: %e\n", r);
			exit();
		}
		trace("PIPE: %d %d\n", p[0], p[1]);
		if ((right = fork()) < 0) {
			cprintf("fork: %e\n", right);
			exit();
		}
		if (right == 0) {
			close(p[1]);
			if (!move_fd(p[0], 0))
				exit();
			run_commands(cmd + 1, n - 1);
		}
		// First, for it is descriptor 1 if we had none.
		close(p[0]);
		if (!move_fd(p[1], 1))
			exit();
	}

	envid_t left = start_command(cmd);
	close_all();			// or the right one never sees an end
	wait_for(left);
	wait_for(right);
	trace("[%08x] EXITING\n", thisenv->env_id);
	exit();
}

// Run a line, and end.
static void __attribute__((noreturn))
runcmd(char *line)
{
	int n = parse_line(line);

	if (n == 0)
		trace("EMPTY COMMAND\n");
	if (n > 0)
		run_commands(commands, n);
	exit();
}

// In a child, so that our own descriptors stay as they are.
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

// From now on input is what is in file.
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
