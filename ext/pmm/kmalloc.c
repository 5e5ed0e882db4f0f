// ext/pmm/kmalloc.c - memory for the kernel, in bytes, over alloc_pages.
//
// Small objects share a page, a slab: all have one size, a power of two, and
// the page begins with a struct Slab, which says which of them are in use.  A
// larger object has pages of its own, of which the first begins with a struct
// Slab, too.  So kfree finds it at the start of the page of what it frees.
//
// Addresses are multiples of 16.  Who needs whole pages calls alloc_pages.
//
// Entry points: kmalloc, kfree.  Under the kernel lock.

#include <inc/assert.h>
#include <inc/string.h>
#include <inc/types.h>

#include <ext/pmm/pmm.h>

#define MAGIC		0x5ab5ab5a	// a page without it is not kmalloc's
#define MIN_SHIFT	4		// sizes 16, 32, ... 1024
#define NSIZES		7
#define MAX_OBJECTS	(PGSIZE >> MIN_SHIFT)

struct Slab {
	uint32_t magic;
	uint32_t size;			// of an object; 0: pages of its own,
	size_t npages;			// this many
	uint32_t nused;
	struct Slab *next;		// on with_room
	uint32_t used[MAX_OBJECTS / 32];	// a bit for each object
	char objects[] __attribute__((aligned(16)));
};

// For each size, the slabs that have room
static struct Slab *with_room[NSIZES];

static int
size_index(size_t size)
{
	int i = 0;

	while (1u << (i + MIN_SHIFT) < size)
		i++;
	return i;
}

static size_t
capacity(const struct Slab *slab)
{
	return (PGSIZE - sizeof(*slab)) / slab->size;
}

static struct Slab *
slab_alloc(size_t size, size_t npages)
{
	struct PageInfo *pp = alloc_pages(npages, 0);

	if (pp == NULL)
		return NULL;

	struct Slab *slab = page2kva(pp);
	memset(slab, 0, sizeof(*slab));
	slab->magic = MAGIC;
	slab->size = size;
	slab->npages = npages;
	return slab;
}

static void
slab_free(struct Slab *slab)
{
	slab->magic = 0;
	free_pages(pa2page(PADDR(slab)), slab->npages);
}

static void
unlink_slab(struct Slab *slab)
{
	struct Slab **link = &with_room[size_index(slab->size)];

	while (*link != slab)
		link = &(*link)->next;
	*link = slab->next;
}

// Returns size bytes, which hold anything; or NULL.
void *
kmalloc(size_t size)
{
	struct Slab *slab;
	const int i = size_index(size);

	if (size > MAXPHYSMEM / 2)
		return NULL;
	if (i >= NSIZES) {
		slab = slab_alloc(0, (sizeof(*slab) + size + PGSIZE - 1) / PGSIZE);
		return slab ? slab->objects : NULL;
	}

	if (!(slab = with_room[i])) {
		if (!(slab = slab_alloc(1u << (i + MIN_SHIFT), 1)))
			return NULL;
		with_room[i] = slab;
	}

	size_t n = 0;
	while (slab->used[n / 32] & 1u << n % 32)
		n++;
	slab->used[n / 32] |= 1u << n % 32;
	if (++slab->nused == capacity(slab))
		unlink_slab(slab);
	return slab->objects + n * slab->size;
}

// Panics if p is not from kmalloc, or was freed.
void
kfree(void *p)
{
	struct Slab *slab = (struct Slab *) ROUNDDOWN((uintptr_t) p, PGSIZE);
	const size_t offset = (char *) p - slab->objects;

	if (slab->magic != MAGIC)
		panic("kfree: %p is not from kmalloc, or was freed", p);
	if (slab->size == 0) {
		assert(offset == 0);
		slab_free(slab);
		return;
	}

	const size_t n = offset / slab->size;
	if (offset % slab->size || n >= capacity(slab)
	    || !(slab->used[n / 32] & 1u << n % 32))
		panic("kfree: %p is not from kmalloc, or was freed", p);
	if (slab->nused == capacity(slab)) {
		slab->next = with_room[size_index(slab->size)];
		with_room[size_index(slab->size)] = slab;
	}
	slab->used[n / 32] &= ~(1u << n % 32);
	if (--slab->nused == 0) {
		unlink_slab(slab);
		slab_free(slab);
	}
}
