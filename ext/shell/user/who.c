// ext/shell/user/who.c - prints a line for each session: a shell that was not
// started by a shell.  There is one console, so there is mostly one.

#include <ext/shell/envs.h>
#include <ext/shell/tool.h>

static bool
is_shell(const char *name)
{
	return strcmp(name, "sh") == 0 || strcmp(name, "jsh") == 0;
}

void
umain(int argc, char **argv)
{
	struct Env e, parent;
	char name[PROGNAME], parents[PROGNAME];

	USED(argc);
	USED(argv);
	for (int i = 0; i < NENV; i++) {
		if (!env_at(i, &e))
			continue;
		env_program(&e, name);
		if (!is_shell(name)
		    || !env_at(ENVX(e.env_parent_id), &parent)
		    || parent.env_id != e.env_parent_id)
			continue;
		env_program(&parent, parents);
		if (!is_shell(parents))
			printf("console %08x %s\n", e.env_id, name);
	}
}
