// inc/lib.h - the boundary between programs and their library.
//
// A program includes this header and defines umain.  The library calls umain
// and, when umain returns, exit.

#ifndef JOS_INC_LIB_H
#define JOS_INC_LIB_H

#include <inc/args.h>
#include <inc/assert.h>
#include <inc/env.h>
#include <inc/error.h>
#include <inc/fd.h>
#include <inc/fs.h>
#include <inc/memlayout.h>
#include <inc/stdarg.h>
#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/syscall.h>
#include <inc/trap.h>
#include <inc/types.h>

#define USED(x)		(void) (x)

void umain(int argc, char **argv);

// lib/libmain.c, lib/entry.S
extern const char *binaryname;			// argv[0], once started
extern const volatile struct Env *thisenv;	// this program's in envs[]
extern const volatile struct Env envs[NENV];
extern const volatile struct PageInfo pages[];

// lib/exit.c
void exit(void) __attribute__((noreturn));

// lib/syscall.c; comments in kern/ describe the calls (inc/syscall.h)
void sys_cputs(const char *s, size_t len);
int sys_cgetc(void);
envid_t sys_getenvid(void);
int sys_env_destroy(envid_t env);
void sys_yield(void);
int sys_page_alloc(envid_t env, void *va, int perm);
int sys_page_map(envid_t src, void *srcva, envid_t dst, void *dstva, int perm);
int sys_page_unmap(envid_t env, void *va);
int sys_env_set_status(envid_t env, int status);
int sys_env_set_trapframe(envid_t env, struct Trapframe *tf);
int sys_env_set_pgfault_upcall(envid_t env, void *upcall);
int sys_ipc_try_send(envid_t to, uint32_t value, void *va, int perm);
int sys_ipc_recv(void *dstva);
int sys_cons_wait(void);
int sys_cons_line(void);
int sys_cons_foreground(int on);
int sys_env_wait(envid_t env);
int sys_poweroff(int status);
int sys_ipc_recv_from(void *dstva, envid_t from);
int sys_ipc_reply(envid_t to, uint32_t value, void *va, int perm);
int sys_page_held(envid_t env, void *va, void *guess);
int sys_debug(int op, uint32_t arg);
int sys_ipc_send(envid_t to, uint32_t value, void *va, int perm);
int sys_irq_wait(int irq, int stop_port);
int sys_page_map_list(envid_t dst, const struct PageRun *list, size_t n);
int sys_page_wait(const volatile uint32_t *word, uint32_t value,
	uint32_t mappings);
int sys_page_wake(void *va);
int sys_page_copy(void *srcva, envid_t dst, void *dstva, int perm);
int sys_ipc_call(envid_t to, uint32_t value, void *va, void *dstva, int perm);
int sys_ipc_reply_recv(envid_t to, uint32_t value, void *va, void *dstva,
	int perm);

// Inline, because the child must not return through a stack frame of this
// function: the parent overwrites that before the stack is copied.
static inline envid_t __attribute__((always_inline))
sys_exofork(void)
{
	envid_t ret;

	__asm__ volatile("int %1"
		: "=a" (ret)
		: "i" (T_SYSCALL), "a" (SYS_exofork)
		: "cc", "memory");
	return ret;
}

// lib/pgfault.c
void set_pgfault_handler(void (*handler)(struct UTrapframe *utf));
extern void (*_pgfault_handler)(struct UTrapframe *utf);
void _pgfault_upcall(void);			// lib/pfentry.S

// lib/fork.c
envid_t fork(void);
envid_t sfork(void);

// lib/duppages.c
int dup_pages(envid_t child, int (*dup_page)(envid_t child, unsigned pn),
	bool uniform);
int map_later(envid_t env, void *va, int perm);
uintptr_t stack_start(void);

// lib/ipc.c
int32_t ipc_recv(envid_t *from_store, void *pg, int *perm_store);
void ipc_send(envid_t to, uint32_t value, void *pg, int perm);
envid_t ipc_find_env(enum EnvType type);

// lib/vm.c
static inline bool
page_is_mapped(const void *va)
{
	return (uvpd[PDX(va)] & PTE_P) && (uvpt[PGNUM(va)] & PTE_P);
}

uintptr_t next_mapped(uintptr_t va, uintptr_t end);
bool prev_mapped(uintptr_t *va);
bool prev_run(uintptr_t low, uintptr_t high, struct PageRun *run);
int share_page(envid_t child, void *va);

// lib/calls.c
int page_copy(envid_t env, void *va, int perm);
int map_runs(envid_t env, const struct PageRun *list, size_t n);
void page_wait(const volatile uint32_t *word, uint32_t value,
	uint32_t mappings);
bool page_held(envid_t env, void *va, void **guess);
int ipc_send_queued(envid_t to, uint32_t value, void *pg, int perm);
int32_t ipc_recv_from(envid_t from, void *pg);
int32_t ipc_call(envid_t to, uint32_t value, void *pg, int perm, void *dstpg);
void ipc_reply_recv(envid_t to, uint32_t value, void *pg, int perm,
	void *dstva);
void env_wait(envid_t env);

// lib/fd.c
int close(int fd);
void close_all(void);
int dup(int oldfd, int newfd);
ssize_t read(int fd, void *buf, size_t n);
ssize_t readn(int fd, void *buf, size_t n);
ssize_t write(int fd, const void *buf, size_t n);
int seek(int fd, off_t offset);
int ftruncate(int fd, off_t size);
int fstat(int fd, struct Stat *st);
int stat(const char *path, struct Stat *st);

// lib/file.c
int open(const char *path, int mode);
int remove(const char *path);
int sync(void);
extern union Fsipc fsipcbuf;			// the page of each request

// Modes of open
#define O_RDONLY	0x0000
#define O_WRONLY	0x0001
#define O_RDWR		0x0002
#define O_ACCMODE	0x0003

#define O_CREAT		0x0100			// create a missing file
#define O_TRUNC		0x0200			// truncate the file to 0 bytes
#define O_EXCL		0x0400			// fail if the file exists
#define O_MKDIR		0x0800			// create a directory

// lib/pageref.c
int pageref(void *va);

// lib/pipe.c
int pipe(int pfd[2]);
int pipeisclosed(int fd);

// lib/console.c
int opencons(void);

// lib/spawn.c
envid_t spawn(const char *prog, const char **argv);
envid_t spawnl(const char *prog, const char *arg0, ...);

// lib/wait.c
void wait(envid_t env);

#endif // JOS_INC_LIB_H
