// lib/spawn.c - running a program that is in a file.
//
// Entry points: spawn, spawnl.
//
// The child starts empty.  The parent fills each page at UTEMP, in its own
// memory, and then maps it into the child.

#include <inc/elf.h>
#include <inc/lib.h>

#define MAXPROGHDR	16

// A segment must stay below the page of the stack.
#define STACKPAGE	(USTACKTOP - PGSIZE)

// The program being started.
struct Image {
	int fd;
	envid_t child;			// 0 until sys_exofork
	uintptr_t esp;			// of the child
	struct Elf elf;
	struct Proghdr ph[MAXPROGHDR];	// elf.e_phnum of them
};

_Static_assert(offsetof(struct Image, ph) == offsetof(struct Image, elf)
	+ sizeof(struct Elf), "read together");

// ------------------------------------------------------------ reading ELF

// Read exactly n bytes at an offset.  Returns 0 or an error.
static int
read_at(int fd, off_t offset, void *buf, size_t n)
{
	int r;

	if ((r = seek(fd, offset)) < 0 || (r = readn(fd, buf, n)) < 0)
		return r;
	return (size_t) r == n ? 0 : -E_NOT_EXEC;
}

// Does not check that the file is as long as its headers say: read_at does.
static bool
segment_ok(const struct Proghdr *ph)
{
	return elf_range_ok(ph->p_offset, ph->p_filesz, 1, MAXFILESIZE)
		&& ph->p_filesz <= ph->p_memsz
		&& elf_range_ok(ph->p_va, ph->p_memsz, 1, STACKPAGE);
}

// Most files have the program headers right behind the ELF header, so one read
// gets both.
static int
read_headers(struct Image *img)
{
	struct Elf *elf = &img->elf;
	int r;

	memset(elf, 0, sizeof(*elf));
	if ((r = readn(img->fd, elf, sizeof(*elf) + sizeof(img->ph))) < 0)
		return r;

	if (elf->e_magic != ELF_MAGIC)
		cprintf("elf magic %08x want %08x\n", elf->e_magic, ELF_MAGIC);
	if (!elf_header_ok(elf))
		return -E_NOT_EXEC;

	const size_t size = elf->e_phnum * sizeof(struct Proghdr);

	if (elf->e_phnum > MAXPROGHDR
	    || !elf_range_ok(elf->e_phoff, size, 1, MAXFILESIZE))
		return -E_NOT_EXEC;
	if ((elf->e_phoff != sizeof(*elf) || (size_t) r < sizeof(*elf) + size)
	    && (r = read_at(img->fd, elf->e_phoff, img->ph, size)) < 0)
		return r;

	for (int i = 0; i < elf->e_phnum; i++)
		if (img->ph[i].p_type == ELF_PROG_LOAD
		    && !segment_ok(&img->ph[i]))
			return -E_NOT_EXEC;
	return 0;
}

// ---------------------------------------------------------------- segments

// Map a new page of zeros at UTEMP; the child keeps the page before it.
static int
new_page(void)
{
	return sys_page_alloc(0, UTEMP, PTE_P | PTE_U | PTE_W);
}

// Map the page at UTEMP into the child, at va.
static int
give_page(envid_t child, uintptr_t va, int perm)
{
	return sys_page_map(0, UTEMP, child, (void *) va, perm);
}

// Does the segment overlap the page at va?
static bool
covers(const struct Proghdr *ph, uintptr_t va)
{
	return ph->p_type == ELF_PROG_LOAD
		&& va + PGSIZE > ph->p_va && va < ph->p_va + ph->p_memsz;
}

// Does the page at va overlap what the file has of the segment?  The rest of
// the segment is zeros.
static bool
in_file(const struct Proghdr *ph, uintptr_t va)
{
	return va + PGSIZE > ph->p_va && va < ph->p_va + ph->p_filesz;
}

// Read the part of the segment that belongs to the page at va into UTEMP.
static int
read_part(struct Image *img, const struct Proghdr *ph, uintptr_t va)
{
	uintptr_t start = MAX(va, ph->p_va);
	uintptr_t end = MIN(va + PGSIZE, ph->p_va + ph->p_filesz);

	return read_at(img->fd, ph->p_offset + (start - ph->p_va),
		UTEMP + (start - va), end - start);
}

// Make the child's page at va, from all segments that overlap it.  It is
// writable if one of them is.
static int
load_page(struct Image *img, uintptr_t va)
{
	int perm = PTE_P | PTE_U, r = 0;
	bool empty = true;

	for (int i = 0; r >= 0 && i < img->elf.e_phnum; i++) {
		const struct Proghdr *ph = &img->ph[i];

		if (!covers(ph, va))
			continue;
		if (ph->p_flags & ELF_PROG_FLAG_WRITE)
			perm |= PTE_W;
		if (!in_file(ph, va))
			continue;
		if (empty && (r = new_page()) < 0)
			break;
		empty = false;
		r = read_part(img, ph, va);
	}
	if (r < 0)
		return r;
	return empty ? sys_page_alloc(img->child, (void *) va, perm)
		: give_page(img->child, va, perm);
}

// Did a segment before number i overlap the page at va, so that it was loaded?
static bool
loaded_before(const struct Image *img, int i, uintptr_t va)
{
	while (i-- > 0)
		if (covers(&img->ph[i], va))
			return true;
	return false;
}

static int
load_segment(struct Image *img, int i)
{
	const struct Proghdr *ph = &img->ph[i];
	uintptr_t va = ROUNDDOWN(ph->p_va, PGSIZE);
	int r = 0;

	for (; r >= 0 && covers(ph, va); va += PGSIZE)
		if (!loaded_before(img, i, va))
			r = load_page(img, va);
	return r;
}

// ------------------------------------------------------------------- stack

// The arguments as the child finds them, in its topmost stack page:
//
//	USTACKTOP
//		the strings
//		argv[argc], which is NULL
//		...
//		argv[0]
//		argv		_start passes argc and argv to libmain
//	esp:	argc
//
// init_stack writes them to UTEMP, with pointers as the child needs them.

static uintptr_t
child_address(const void *here)
{
	return STACKPAGE + ((uintptr_t) here - (uintptr_t) UTEMP);
}

// Count the arguments.  Returns -E_NO_MEM if they do not fit into a page.
static int
count_args(const char **argv, size_t *string_size)
{
	size_t room = PGSIZE - 3 * sizeof(uint32_t);	// argc, argv, NULL
	int argc = 0;

	*string_size = 0;
	for (; argv[argc] != NULL; argc++) {
		size_t len = strnlen(argv[argc], PGSIZE) + 1;
		size_t want = ROUNDUP(*string_size + len, sizeof(uint32_t))
			+ (argc + 1) * sizeof(uint32_t);

		if (want > room)
			return -E_NO_MEM;
		*string_size += len;
	}
	return argc;
}

static int
init_stack(struct Image *img, const char **argv)
{
	size_t string_size;
	int argc = count_args(argv, &string_size);
	int r;

	if (argc < 0)
		return argc;
	if ((r = new_page()) < 0)
		return r;

	char *string = UTEMP + PGSIZE - string_size;
	uint32_t *slot = ROUNDDOWN((uint32_t *) string, sizeof(*slot));

	slot -= argc + 3;
	img->esp = child_address(slot);
	*slot++ = argc;
	*slot = child_address(slot + 1);
	slot++;
	for (int i = 0; i < argc; i++) {
		*slot++ = child_address(string);
		strcpy(string, argv[i]);
		string += strlen(string) + 1;
	}
	*slot = 0;

	return give_page(img->child, STACKPAGE, PTE_P | PTE_U | PTE_W);
}

// ------------------------------------------------------------------- spawn

// Share the PTE_SHARE pages with the child, mainly descriptors; from the top
// down, as lib/pipe.c requires.
static int
copy_shared_pages(envid_t child)
{
	int r = 0;

	for (uintptr_t va = UTOP; r == 0 && prev_mapped(&va); )
		if (uvpt[PGNUM(va)] & PTE_SHARE)
			r = share_page(child, (void *) va);
	return r;
}

// Requests I/O privilege for the child on purpose: user/faultio.c tests that
// the kernel refuses it.
static int
set_registers(const struct Image *img)
{
	struct Trapframe tf;

	memcpy(&tf, (const void *) &envs[ENVX(img->child)].env_tf, sizeof(tf));
	memset(&tf.tf_regs, 0, sizeof(tf.tf_regs));
	tf.tf_eip = img->elf.e_entry;
	tf.tf_esp = img->esp;
	tf.tf_eflags |= FL_IOPL_3;
	return sys_env_set_trapframe(img->child, &tf);
}

// Create the child, with its arguments and the segments of the file.
static int
load(struct Image *img, const char **argv)
{
	int r;

	if ((r = read_headers(img)) < 0
	    || (r = img->child = sys_exofork()) < 0
	    || (r = init_stack(img, argv)) < 0)
		return r;
	for (int i = 0; r >= 0 && i < img->elf.e_phnum; i++)
		if (img->ph[i].p_type == ELF_PROG_LOAD)
			r = load_segment(img, i);
	return r;
}

static int
start(const struct Image *img)
{
	int r;

	if ((r = copy_shared_pages(img->child)) < 0
	    || (r = set_registers(img)) < 0)
		return r;
	return sys_env_set_status(img->child, ENV_RUNNABLE);
}

// Run the program in the file prog, with the arguments argv up to a NULL.
// Returns the child's id or an error.
envid_t
spawn(const char *prog, const char **argv)
{
	struct Image img = { .fd = open(prog, O_RDONLY) };
	int r;

	if (img.fd < 0)
		return img.fd;

	// Close the program's file before start, which lets the child inherit
	// all open descriptors.
	r = load(&img, argv);
	sys_page_unmap(0, UTEMP);
	close(img.fd);
	if (r >= 0)
		r = start(&img);
	if (r >= 0)
		return img.child;

	if (img.child > 0)
		sys_env_destroy(img.child);
	return r;
}

static int
count_list(va_list ap)
{
	int n = 0;

	while (va_arg(ap, const char *) != NULL)
		n++;
	return n;
}

// spawn with the arguments one by one, of which NULL is the last.
envid_t
spawnl(const char *prog, const char *arg0, ...)
{
	va_list args;

	va_start(args, arg0);
	int rest = count_list(args);
	va_end(args);

	const char *argv[rest + 2];

	argv[0] = arg0;
	va_start(args, arg0);
	for (int i = 1; i <= rest + 1; i++)
		argv[i] = va_arg(args, const char *);
	va_end(args);
	return spawn(prog, argv);
}
