// ext/shell/lib/run.c - the tree of a line is run.
//
// For each command, pipeline or ( ) in the foreground, the shell forks a child,
// the leader, whose descriptors can change.  In a pipeline the leader runs the
// last command, and forks a child for all that is left of it, which does the
// same: so the furthest descendant runs the first command.  Whoever forks, waits.
//
// A background job runs like a foreground one, but that nobody waits, ^C does
// not reach it, and its input is empty.
//
// Entry point: run_line.

#include <ext/shell/sh.h>
#include <ext/shell/status.h>

#define MAXJOBS		32		// in the background
#define PATHSIZE	(LINESIZE + 1)

#define NOT_FOUND	127		// $? of a command that is no program

bool sh_interactive;

static envid_t jobs[MAXJOBS];
static int njobs;
static int last_status;			// of the last command: $?

static int execute(struct Node *n);
static bool run_here(const struct Node *n);
static void run(struct Node *n);

static void
set_status(int status)
{
	char text[12];

	last_status = status;
	snprintf(text, sizeof(text), "%d", status);
	var_set("?", 1, text);
}

// ---------------------------------------------------------------- processes

static envid_t
fork_child(void)
{
	envid_t child = fork();

	if (child < 0)
		fprintf(2, "jsh: fork: %e\n", child);
	if (child == 0)
		sh_interactive = false;	// the parent has the console
	return child;
}

// -------------------------------------------------------------- descriptors

// Move descriptor `from' to number `to'.
static int
move_fd(int from, int to)
{
	if (from < 0 || from == to)
		return from;

	int r = dup(from, to);

	close(from);
	return r;
}

static int
open_at_end(const char *file, int mode)
{
	int fd = open(file, mode);
	struct Stat st;
	int r;

	if (fd < 0)
		return fd;
	if ((r = fstat(fd, &st)) < 0 || (r = seek(fd, st.st_size)) < 0) {
		close(fd);
		return r;
	}
	return fd;
}

// Returns false, and prints why, if one of them fails.
static bool
redirect(const struct Node *n)
{
	for (int i = 0; i < n->nredirs; i++) {
		const struct Redirection *r = &n->redirs[i];
		static struct Words file;

		file.n = file.used = 0;
		if (!expand_one(r->word, &file))
			return false;

		int fd = r->append ? open_at_end(file.word[0], r->mode)
			: open(file.word[0], r->mode);

		if ((fd = move_fd(fd, r->fd)) < 0) {
			fprintf(2, "jsh: %s: %e\n", file.word[0], fd);
			return false;
		}
	}
	return true;
}

// ----------------------------------------------------------------- commands

static void
wait_for_jobs(void)
{
	while (njobs > 0)
		wait(jobs[--njobs]);
}

// wait ID...: returns the status of the last one.
static int
wait_for(char **ids)
{
	int status = 0;

	for (; *ids; ids++) {
		char *end;
		const envid_t id = strtol(*ids, &end, 16);

		if (id <= 0 || *end != '\0') {
			fprintf(2, "jsh: wait: %s is no job\n", *ids);
			return NOT_FOUND;
		}
		status = wait_status(id, NOT_FOUND);
	}
	return status;
}

// All programs are in the root directory.
static int
run_program(char **argv)
{
	static char path[PATHSIZE];	// spawn copies it to its stack

	snprintf(path, sizeof(path), "%s%s",
		argv[0][0] == '/' ? "" : "/", argv[0]);

	// "/" alone is the directory.
	envid_t child = argv[0][0] ? spawn(path, (const char **) argv)
		: -E_NOT_FOUND;

	if (child == -E_NOT_FOUND)
		fprintf(2, "jsh: %s: there is no such program\n", argv[0]);
	else if (child < 0)
		fprintf(2, "jsh: %s: %e\n", argv[0], child);
	if (child < 0)
		return NOT_FOUND;
	close_all();			// or a pipe would have two readers
	return wait_status(child, 0);
}

static int
execute_command(struct Node *n)
{
	static struct Words words;

	words.n = words.used = 0;
	for (int i = 0; i < n->nwords; i++)
		if (!expand(n->words[i], &words))
			return 1;
	if (!redirect(n))
		return 1;
	if (words.n == 0)
		return 0;		// > file makes an empty file
	if (run_here(n))
		return last_status;
	if (strcmp(words.word[0], "wait") == 0) {
		if (words.n == 1)
			wait_for_jobs();
		return wait_for(words.word + 1);
	}
	return run_program(words.word);
}

static int
execute_group(struct Node *n)
{
	njobs = 0;			// those are the shell's
	if (!redirect(n))
		return 1;
	run(n->left);
	return last_status;
}

static int
execute_pipe(struct Node *n)
{
	int p[2], r = pipe(p);

	if (r < 0) {
		fprintf(2, "jsh: pipe: %e\n", r);
		return 1;
	}

	envid_t left = fork_child();

	if (left < 0)
		return 1;
	// Close first, for a free descriptor may be the one to move to.
	close(left == 0 ? p[0] : p[1]);
	if ((left == 0 ? move_fd(p[1], 1) : move_fd(p[0], 0)) < 0)
		exit_with(1);
	if (left == 0)
		exit_with(execute(n->left));

	int status = execute(n->right);

	close_all();			// or the left side might wait for us
	wait(left);
	return status;
}

// Run what is no list.  Returns its status.  To be called in a child: it may
// have other descriptors afterwards.
static int
execute(struct Node *n)
{
	switch (n->type) {
	case N_COMMAND:
		return execute_command(n);
	case N_GROUP:
		return execute_group(n);
	case N_PIPE:
		return execute_pipe(n);
	default:
		panic("node of type %d", n->type);
	}
}

// -------------------------------------------- what the shell itself executes

static bool
is_assignment(const char *word)
{
	const int length = name_length(word);

	return length > 0 && word[length] == '=';
}

static int
assign(const char *word)
{
	const int length = name_length(word);
	static struct Words value;

	value.n = value.used = 0;
	if (!expand_one(word + length + 1, &value))
		return 1;
	if (var_set(word, length, value.word[0]))
		return 0;
	fprintf(2, "jsh: no room for this variable\n");
	return 1;
}

// exit [STATUS].  Returns only if that is none.
static int
exit_shell(const struct Node *n)
{
	static struct Words words;
	char *end;

	if (n->nwords == 1)
		exit_with(last_status);
	words.n = words.used = 0;
	if (!expand_one(n->words[1], &words))
		return 1;

	const long status = strtol(words.word[0], &end, 10);

	if (end != words.word[0] && *end == '\0')
		exit_with(status);
	fprintf(2, "jsh: exit: %s is no number\n", words.word[0]);
	return 2;
}

// NAME=value and exit concern the shell's own memory.  Returns whether n was
// such a command, which has been executed then.
static bool
run_here(const struct Node *n)
{
	if (n->nwords == 0)
		return false;
	if (strcmp(n->words[0], "exit") == 0) {
		set_status(exit_shell(n));
		return true;
	}
	for (int i = 0; i < n->nwords; i++)
		if (!is_assignment(n->words[i]))
			return false;
	for (int i = 0; i < n->nwords; i++)
		set_status(assign(n->words[i]));
	return true;
}

// -------------------------------------------------- foreground, background

static void
run_foreground(struct Node *n)
{
	const bool interactive = sh_interactive;

	// But a redirection would stay
	if (n->type == N_COMMAND && n->nredirs == 0 && run_here(n))
		return;

	envid_t leader = fork_child();

	if (leader == 0) {
		if (interactive)
			sys_cons_foreground(true);
		exit_with(execute(n));
	}
	// A leader tells its status unless ^C ends it.
	set_status(leader < 0 ? 1 : wait_status(leader, KILLED));
}

static bool
has_ended(envid_t env)
{
	return envs[ENVX(env)].env_id != env
		|| envs[ENVX(env)].env_status == ENV_FREE;
}

static void
remember_job(envid_t job)
{
	int kept = 0;
	char text[12];

	for (int i = 0; i < njobs; i++)
		if (!has_ended(jobs[i]))
			jobs[kept++] = jobs[i];
	njobs = kept;
	if (njobs == MAXJOBS)
		wait_for_jobs();
	jobs[njobs++] = job;
	snprintf(text, sizeof(text), "%08x", job);
	var_set("!", 1, text);
	if (sh_interactive)
		fprintf(2, "[%s]\n", text);
}

// A pipe that nobody writes to is at its end.
static void
empty_input(void)
{
	int p[2];

	close(0);
	if (pipe(p) < 0)
		return;
	close(p[1]);
	move_fd(p[0], 0);
}

static void
run_background(struct Node *n)
{
	envid_t job = fork_child();

	if (job == 0) {
		empty_input();
		exit_with(execute(n));
	}
	if (job > 0)
		remember_job(job);
	set_status(job < 0);
}

static void
run(struct Node *n)
{
	switch (n->type) {
	case N_THEN:
		run(n->left);
		run(n->right);
		break;
	case N_BACKGROUND:
		run_background(n->left);
		break;
	default:
		run_foreground(n);
	}
}

void
run_line(const char *line)
{
	struct Node *tree;

	if (strlen(line) >= LINESIZE) {
		fprintf(2, "jsh: the line is too long\n");
		set_status(1);
	} else if (!parse_line(line, &tree))
		set_status(2);
	else if (tree)
		run(tree);
}
