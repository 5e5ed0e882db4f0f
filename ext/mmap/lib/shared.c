// ext/mmap/lib/shared.c - pages of files that are mapped shared: the program's
// side of the pager (ext/mmap/pager.h).
//
// Entry points: shared_map, shared_sync.

#include <ext/ext.h>
#include <ext/mmap/mapping.h>
#include <ext/mmap/pager.h>

// The page of each request
static union {
	struct PagerRequest req;
	char page[PGSIZE];
} request __attribute__((aligned(PGSIZE)));

// Returns the pager, which is started if there is none; or an error:
// -E_NOT_SUPP if the kernel knows no pagers.
static envid_t
find_pager(void)
{
	const envid_t there = ext_call(SYS_pager, 0, 0, 0, 0, 0);

	if (there != 0)
		return there < 0 ? -E_NOT_SUPP : there;

	const envid_t child = spawnl("/pager", "pager", NULL);

	if (child < 0)
		return child;

	const envid_t pager = ext_call(SYS_pager, child, 0, 0, 0, 0);

	if (pager != child)
		sys_env_destroy(child);	// another program was faster
	return pager;
}

static int
ask(uint32_t number, void *dstva)
{
	const envid_t pager = find_pager();

	if (pager < 0)
		return pager;
	return ipc_call(pager, number, &request, PTE_P | PTE_U, dstva);
}

// All pages are mapped at once, so that the kernel finds them there and neither
// a child nor the exit of a program has to ask for one.
int
shared_map(struct Mapping *m)
{
	struct Stat st;
	int r;

	if ((r = devfile.dev_stat(m->file, &st)) < 0)
		return r;
	request.req = (struct PagerRequest) { .writes = m->perm & PTE_W,
		.block = m->offset / PGSIZE };
	strcpy(request.req.name, st.st_name);
	for (uintptr_t va = m->region.start; va < m->region.end; va += PGSIZE) {
		if ((r = ask(PAGER_MAP, (void *) va)) < 0)
			return r;
		request.req.id = m->pager_id = r;
		request.req.block++;
	}
	return 0;
}

int
shared_sync(const struct Mapping *m, uintptr_t start, uintptr_t end)
{
	request.req = (struct PagerRequest) { .id = m->pager_id,
		.block = (m->offset + (start - m->region.start)) / PGSIZE,
		.n = (end - start) / PGSIZE };
	return ask(PAGER_SYNC, NULL);
}
