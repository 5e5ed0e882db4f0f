// ext/stride/stride.h - shares of the CPUs, for the kernel and for programs.

#ifndef JOS_EXT_STRIDE_H
#define JOS_EXT_STRIDE_H

#define SHARE_MAX	1000
#define SHARE_DEFAULT	100		// what a program without a parent has

#ifdef JOS_USER
#include <ext/ext.h>

// Give env, which is the caller (0) or a child of the caller, a share from 1 to
// the caller's own.
// Returns 0; -E_BAD_ENV; -E_INVAL: a share of 0, or above the caller's.
static inline int
sys_env_set_share(envid_t env, uint32_t share)
{
	return ext_call(SYS_env_set_share, env, share, 0, 0, 0);
}

// Returns how much time of a CPU env, which may be anybody, has had, in units of
// 1024 ticks of the time stamp counter; -E_BAD_ENV.
static inline int
sys_env_get_time(envid_t env)
{
	return ext_call(SYS_env_get_time, env, 0, 0, 0, 0);
}
#endif

#endif // JOS_EXT_STRIDE_H
