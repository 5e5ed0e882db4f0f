// ext/priority/user/order.h - a log of who ran when, for the tests of priorities.

#ifndef JOS_EXT_PRIORITY_USER_ORDER_H
#define JOS_EXT_PRIORITY_USER_ORDER_H

#include <ext/test.h>

#include <ext/priority/priority.h>

#define NLOG		64

// What parent and children share
static struct Log {
	volatile int n;
	volatile char text[NLOG + 1];	// a letter for each event, in order
} *const log = (struct Log *) 0x10000000;

static inline void
log_start(void)
{
	must("sys_page_alloc", sys_page_alloc(0, log,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
}

static inline void
log_clear(void)
{
	memset(log, 0, sizeof(*log));
}

static inline void
note(char letter)
{
	if (log->n < NLOG)
		log->text[log->n++] = letter;
}

static inline bool
log_is(const char *want)
{
	return strcmp((const char *) log->text, want) == 0;
}

static inline void
expect_log(const char *what, const char *want)
{
	if (!log_is(want))
		panic("%s: the order is %s, not %s", what, log->text, want);
}

static inline void
set_priority(envid_t env, int priority)
{
	must("sys_env_set_priority", sys_env_set_priority(env, priority));
}

// Sleep until the message is taken.  The labs' ipc_send yields instead, which
// only lets those run that are as high.
static inline void
send(envid_t to, uint32_t value)
{
	must("ipc_send_queued", ipc_send_queued(to, value, NULL, 0));
}

// Lower a child, once it sleeps until its first message: it can take messages
// then, however low it is.
static inline void
lower_when_asleep(envid_t child, int priority)
{
	const volatile struct Env *e = &envs[ENVX(child)];

	while (!e->env_ipc_recving)
		sys_yield();
	set_priority(child, priority);
}

#endif // JOS_EXT_PRIORITY_USER_ORDER_H
