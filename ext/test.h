// ext/test.h - what the extensions' test programs share, beside what they share
// with those of JOS.

#ifndef JOS_EXT_TEST_H
#define JOS_EXT_TEST_H

#include <tests/user/test.h>

static inline void
expect(const char *what, int got, int want)
{
	if (got == want)
		return;
	if (got < 0)
		panic("%s: %d (%e), not %d", what, got, got, want);
	panic("%s: %d, not %d", what, got, want);
}

// What the file server does while it starts would be counted, too.
static inline void
wait_for_server(void)
{
	if (!ipc_find_env(ENV_TYPE_FS))
		return;

	const int fd = open("/motd", O_RDONLY);

	must("/motd", fd);
	close(fd);
}

// Call f in a child, and wait for that.
static inline void
in_child(void (*f)(void))
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		f();
		exit();
	}
	wait(child);
}

// How many physical pages somebody has.
static inline int
pages_in_use(void)
{
	int n = 0;

	for (const volatile struct PageInfo *pp = pages;
	     page_is_mapped((const void *) pp); pp++)
		n += pp->pp_ref != 0;
	return n;
}

#endif // JOS_EXT_TEST_H
