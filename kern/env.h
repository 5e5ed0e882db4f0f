// kern/env.h - environments, from creation to end (kern/env.c).

#ifndef JOS_KERN_ENV_H
#define JOS_KERN_ENV_H

#include <inc/env.h>
#include <kern/cpu.h>

extern struct Env *envs;		// all NENV of them
#define curenv (thiscpu->cpu_env)	// what this CPU is running, or NULL
extern struct Segdesc gdt[];

void env_init(void);
void env_init_percpu(void);
int env_alloc(struct Env **store, envid_t parent_id);
void env_create(uint8_t *binary, enum EnvType type);
void env_create_sized(const uint8_t *binary, size_t size, enum EnvType type);
void env_free(struct Env *e);
void env_destroy(struct Env *e);	// may not return if e is curenv
bool env_is_elsewhere(const struct Env *e);
int envid2env(envid_t envid, struct Env **store, bool checkperm);
void env_run(struct Env *e) __attribute__((noreturn));
void env_pop_tf(struct Trapframe *tf) __attribute__((noreturn));

#endif // JOS_KERN_ENV_H
