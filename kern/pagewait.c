// kern/pagewait.c - environments that sleep until something happens to a page.
//
// Those who share a page can wait for each other: one sleeps until another
// says that it has changed the page, or until a mapping of it goes away, for
// that is how one learns that another has closed, ended or been killed.
//
// No reference to the page is held here.  Who sleeps maps it; as soon as it
// does not any more, a mapping has gone away, and it is awake.
//
// Entry points: pagewait_sleep, pagewait_wake, pagewait_forget;
// is_waiting_for_page, pagewait_is_consistent.  Under the kernel lock.

#include <kern/env.h>
#include <kern/pagewait.h>
#include <kern/pmap.h>
#include <kern/sched.h>
#include <kern/wait.h>

// Sleepers are in lists by their page's number, so that few have to be looked
// at when a page changes, and mostly none.
#define NLISTS	64

static struct Env *lists[NLISTS];

static struct Sleeper {
	struct PageInfo *page;		// or NULL: it is in no list
	struct Env *next, *prev;
} sleepers[NENV];

static int count;

static struct Env **
list_of(const struct PageInfo *pp)
{
	return &lists[(pp - pages) % NLISTS];
}

static struct Sleeper *
sleeper_of(const struct Env *e)
{
	return &sleepers[e - envs];
}

void
pagewait_sleep(struct Env *e, struct PageInfo *pp)
{
	struct Env **list = list_of(pp);

	wait_forget(e);
	*sleeper_of(e) = (struct Sleeper) { .page = pp, .next = *list };
	if (*list)
		sleeper_of(*list)->prev = e;
	*list = e;
	count++;
	page_ref_lost = pagewait_wake;
	e->env_status = ENV_NOT_RUNNABLE;
}

void
pagewait_wake(struct PageInfo *pp)
{
	struct Env *next;

	for (struct Env *e = *list_of(pp); e; e = next) {
		next = sleeper_of(e)->next;
		if (sleeper_of(e)->page == pp)
			sched_wake(e);		// leaves the list
	}
}

void
pagewait_forget(struct Env *e)
{
	struct Sleeper *s = sleeper_of(e);

	if (!s->page)
		return;
	*(s->prev ? &sleeper_of(s->prev)->next : list_of(s->page)) = s->next;
	if (s->next)
		sleeper_of(s->next)->prev = s->prev;
	s->page = NULL;
	if (--count == 0)
		page_ref_lost = NULL;
}

bool
is_waiting_for_page(const struct Env *e)
{
	return sleeper_of(e)->page != NULL;
}

// Does list i link sleepers who belong there, and how many?
static bool
is_list(int i, int *linked)
{
	const struct Env *prev = NULL;

	for (const struct Env *e = lists[i]; e; e = sleeper_of(e)->next) {
		const struct Sleeper *s = sleeper_of(e);

		if (!s->page || list_of(s->page) != &lists[i]
		    || s->prev != prev || s->page->pp_ref == 0
		    || e->env_status != ENV_NOT_RUNNABLE || ++*linked > NENV)
			return false;
		prev = e;
	}
	return true;
}

// Everybody who waits for a page in use sleeps, and is in a list once.
bool
pagewait_is_consistent(void)
{
	int linked = 0, waiting = 0;

	for (int i = 0; i < NLISTS; i++)
		if (!is_list(i, &linked))
			return false;
	for (int i = 0; i < NENV; i++)
		waiting += is_waiting_for_page(&envs[i]);
	return linked == waiting && waiting == count
		&& (count > 0) == (page_ref_lost != NULL);
}
