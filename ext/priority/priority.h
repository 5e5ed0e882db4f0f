// ext/priority/priority.h - fixed priorities, for the kernel and for programs.

#ifndef JOS_EXT_PRIORITY_H
#define JOS_EXT_PRIORITY_H

// The higher number goes first.
#define PRIORITY_MIN	0
#define PRIORITY_MAX	15		// what a program without a parent has
#define PRIORITY_SERVER	16		// the file server's, which nobody sets

#ifdef JOS_USER
#include <ext/ext.h>

// Give env, which is the caller (0) or a child of the caller, a priority that is
// not above the caller's own.
// Returns 0; -E_BAD_ENV; -E_INVAL: no such priority, or above the caller's.
static inline int
sys_env_set_priority(envid_t env, int priority)
{
	return ext_call(SYS_env_set_priority, env, priority, 0, 0, 0);
}

// Returns the priority of any environment, or -E_BAD_ENV.
static inline int
sys_env_get_priority(envid_t env)
{
	return ext_call(SYS_env_get_priority, env, 0, 0, 0, 0);
}
#endif

#endif // JOS_EXT_PRIORITY_H
