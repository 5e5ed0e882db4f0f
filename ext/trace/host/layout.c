// ext/trace/host/layout.c - where the kernel has what ext/trace/host/plugin.c
// reads.  It is compiled like a file of the kernel, but only to assembly: each
// number is in a string "=NAME NUMBER".

#include <inc/env.h>
#include <inc/memlayout.h>

#include <kern/cpu.h>

#define SAY(name, number) __asm__ volatile(".ascii \"=" name " %c0\"" : : "i" (number))
#define OFFSET(type, field) SAY(#field, offsetof(struct type, field))

void layout(void);

void
layout(void)
{
	SAY("cpu_size", sizeof(struct CpuInfo));
	SAY("kstksize", KSTKSIZE);
	OFFSET(CpuInfo, cpu_env);
	OFFSET(Env, env_tf);
	OFFSET(Env, env_id);
	OFFSET(Env, env_type);
	OFFSET(Env, env_pgdir);
	OFFSET(Env, env_ipc_from);
	OFFSET(Env, env_ipc_value);
}
