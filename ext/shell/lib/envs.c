// ext/shell/lib/envs.c - who runs, for ps and who.
//
// envs[] is the kernel's own table, mapped read-only; only the names of programs
// take a system call.
//
// Entry points: env_at, env_program.

#include <ext/ext.h>
#include <ext/shell/envs.h>

bool
env_at(int slot, struct Env *e)
{
	memcpy(e, (const void *) &envs[slot], sizeof(*e));
	return e->env_status != ENV_FREE;
}

void
env_program(const struct Env *e, char name[PROGNAME])
{
	int r;

	if (e->env_type == ENV_TYPE_FS) {
		strcpy(name, "fs");
		return;
	}
	memset(name, 0, PROGNAME);	// so that the page is there
	r = ext_call(SYS_env_name, e->env_id, (uint32_t) name, PROGNAME, 0, 0);
	if (r == -E_NOT_FOUND)
		strcpy(name, "-");
}
