// kern/sleep.c - sleep and wakeup.
//
// An environment sleeps on an object of the kernel, named by its address:
//	a struct Env		until that environment has ended
//	a struct PageInfo	until a program calls sys_page_wake for it,
//				or a mapping of the page goes away
//	console_input		until there is input (wakeup_readers)
//	disk_interrupt		until the disk interrupts
//	a struct Mailbox	until its message is taken (kern/ipc.c)
// wakeup(object) wakes all that sleep on the object.  A wakeup may be
// spurious: the sleeper looks again and, if need be, sleeps again.
//
// A sleeper on a page maps that page, so it needs no reference of its own: when
// it unmaps the page, that wakes it.
//
// A sleeper is ENV_NOT_RUNNABLE.  Only a sleeper on a device is ENV_RUNNABLE,
// and the scheduler skips it (sleeps_on_device): an interrupt can still come,
// so the labs' sched_halt, which looks for runnable environments, must not
// think that nothing will ever run again.  The labs' sched_yield may run it
// if nothing else is runnable, which is a spurious wakeup.
//
// Entry points: sleep_on, wakeup, wakeup_env, sleep_cancel; is_asleep,
// sleeps_on_device, first_sleeper.  Under the kernel lock.

#include <kern/cpu.h>
#include <kern/debug/widen.h>
#include <kern/env.h>
#include <kern/pmap.h>
#include <kern/sleep.h>

struct Sleeper sleepers[NENV];

// A hash table of all sleepers, so that wakeup looks at few of them.  A ring
// links the sleepers on objects of one hash value, in the order in which they
// went to sleep.
struct Sleeper sleep_rings[1 << LOG2NRINGS];	// the head of each

int page_sleepers;

struct Sleeper *
sleep_ring_of(const void *object)
{
	const uint32_t hash = (uintptr_t) object * 0x9E3779B1;
	struct Sleeper *ring = &sleep_rings[hash >> (32 - LOG2NRINGS)];

	if (!ring->next)		// at the first use
		ring->next = ring->prev = ring;
	return ring;
}

static struct Env *
env_of_sleeper(const struct Sleeper *s)
{
	return &envs[s - sleepers];
}

// page_decref calls wakeup only while an environment sleeps on a page.
static void
count_page_sleepers(int more)
{
	page_sleepers += more;
	page_ref_lost = page_sleepers > 0 ? wakeup : NULL;
}

void
sleep_on(struct Env *e, const void *object)
{
	struct Sleeper *s = sleeper_of(e), *ring = sleep_ring_of(object);

	sleep_cancel(e);
	*s = (struct Sleeper) { object, ring, ring->prev, e->env_runs };
	ring->prev->next = s;
	ring->prev = s;
	if (is_page_info(object))
		count_page_sleepers(1);
	e->env_status = ENV_NOT_RUNNABLE;
	if (sleeps_on_device(e))
		e->env_status = ENV_RUNNABLE;
}

void
sleep_leave(struct Sleeper *s)
{
	s->prev->next = s->next;
	s->next->prev = s->prev;
	if (is_page_info(s->object))
		count_page_sleepers(-1);
	s->object = NULL;
}

void
wakeup_env(struct Env *e)
{
	sleep_cancel(e);
	// If e was stopped, but is still on another CPU, it goes on there.
	e->env_status = ncpu > 1 && other_cpu_running(e) >= 0
		? ENV_RUNNING : ENV_RUNNABLE;
	widen();
	wakeups++;
}

void
wakeup(const void *object)
{
	struct Sleeper *ring = sleep_ring_of(object), *next;

	for (struct Sleeper *s = ring->next; s != ring; s = next) {
		next = s->next;
		if (s->object != object)
			continue;
		if (is_asleep(env_of_sleeper(s)))
			wakeup_env(env_of_sleeper(s));
		else
			sleep_leave(s);	// has run since, so is not asleep
	}
}

struct Env *
first_sleeper(const void *object)
{
	const struct Sleeper *ring = sleep_ring_of(object), *s = ring->next;

	while (s != ring && !(s->object == object
			&& is_asleep(env_of_sleeper(s))))
		s = s->next;
	return s != ring ? env_of_sleeper(s) : NULL;
}
