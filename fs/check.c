// fs/check.c - looks at what students write of the file server: each contract,
// and not only what fs/test.c asks.
//
// Runs before fs/test.c if the server got the argument `check' (grade-lab5),
// and prints what user/check/check.h says.  Afterwards the disk and the cache
// are as before, if nothing is wrong.
//
// Entry points: look_at_cache, fs_check; __wrap__panic, which the linker puts
// in the place of _panic in the server; and what fs/checkcache.c and
// fs/checkblocks.c share (fs/check.h).

#include <inc/lib.h>
#include <inc/x86.h>

#include <fs/check.h>
#include <user/check/check.h>

uint32_t old_bits[BLKSIZE / 4];

// ------------------------------------------------------------------ panics

static void **panic_goes;		// for __builtin_longjmp, or NULL
char panic_text[128];

void __real__panic(const char *where, int line, const char *fmt, ...)
	__attribute__((noreturn));

// A panic of the server, which panics() may wait for
void __attribute__((noreturn))
__wrap__panic(const char *where, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(panic_text, sizeof(panic_text), fmt, ap);
	va_end(ap);
	if (panic_goes)
		__builtin_longjmp(panic_goes, 1);
	__real__panic(where, line, "%s", panic_text);
}

// Does f panic?  A panic in the page-fault handler, too, comes back here: the
// exception stack is empty again once esp points elsewhere.
bool __attribute__((noinline))
panics(void (*f)(void))
{
	void *here[5], **const outer = panic_goes;

	if (__builtin_setjmp(here)) {
		panic_goes = outer;
		return true;
	}
	panic_goes = here;
	f();
	panic_goes = outer;
	return false;
}

static char *target;			// of the next three

void
touch_target(void)
{
	*(volatile char *) target;
}

void
change_target(void)
{
	*(volatile char *) target ^= 0x55;
}

void
flush_target(void)
{
	flush_block(target);
}

bool
panics_at(void (*f)(void), char *va)
{
	target = va;
	return panics(f);
}

// -------------------------------------------------------------- the disk

void
get_sectors(uint32_t blockno, char *buf)
{
	if (ide_read(blockno * BLKSECTS, buf, BLKSECTS) < 0)
		panic("the check cannot read block %u", blockno);
}

void
put_sectors(uint32_t blockno, const char *buf)
{
	if (ide_write(blockno * BLKSECTS, buf, BLKSECTS) < 0)
		panic("the check cannot write block %u", blockno);
}

// Fill a block's worth of memory with bytes of which few repeat.
void
fill_block(char *buf, uint32_t seed)
{
	uint32_t *word = (uint32_t *) buf;

	for (uint32_t i = 0; i < BLKSIZE / 4; i++)
		word[i] = (seed + i) * 0x9E3779B1u ^ seed;
}

// The first byte that differs, or -1
int
difference(const char *a, const char *b)
{
	for (int i = 0; i < BLKSIZE; i++)
		if (a[i] != b[i])
			return i;
	return -1;
}

// Let the block with this address leave the cache, whatever is in it.
void
drop_block(char *va)
{
	sys_page_unmap(0, ROUNDDOWN(va, PGSIZE));
}

// -------------------------------------------------------------- the bitmap

void
remember_bits(void)
{
	memcpy(old_bits, bitmap, BLKSIZE);
}

// How many blocks are in use that were not at remember_bits?
uint32_t
used_since(void)
{
	uint32_t n = 0;

	for (uint32_t b = 0; b < super->s_nblocks; b++)
		n += (old_bits[b / 32] & ~bitmap[b / 32]) >> b % 32 & 1;
	return n;
}

// Free again what was free at remember_bits, and forget what was in it.
void
give_back(void)
{
	for (uint32_t b = first_data_block(); b < super->s_nblocks; b++)
		if (old_bits[b / 32] >> b % 32 & 1) {
			free_block(b);
			if (va_is_mapped(diskaddr(b)))
				drop_block(diskaddr(b));
		}
	memcpy(bitmap, old_bits, BLKSIZE);
}

// Leave n blocks free, the last ones.
void
fill_disk(uint32_t n)
{
	for (uint32_t b = super->s_nblocks; b-- > 0; )
		if (bitmap[b / 32] >> b % 32 & 1) {
			if (n > 0)
				n--;
			else
				bitmap[b / 32] &= ~(1u << b % 32);
		}
}

// ------------------------------------------------------------- exercise 1

// The server may use ports, or it would not be here.
static void
check_privilege(void)
{
	const uint32_t flags = read_eflags();

	look_at("env_create", "lab 5, exercise 1; kern/env.c");
	expect((flags & FL_IOPL_MASK) == FL_IOPL_3,
		"the file server has not IOPL 3 in its flags");
	expect(flags & FL_IF, "the file server runs with interrupts off: "
		"add IOPL to the flags, do not replace them");
	expect(thisenv->env_type == ENV_TYPE_FS, "the file server's env_type "
		"is not ENV_TYPE_FS");
}

// Look at one place.  A panic ends that, and leaves the disk as it was.
void
look_guarded(void (*f)(void), void (*panicked)(void))
{
	static uint32_t saved[BLKSIZE / 4];
	const uint32_t nblocks = super->s_nblocks;

	memcpy(saved, bitmap, BLKSIZE);
	if (!panics(f))
		return;
	panicked();
	super->s_nblocks = nblocks;
	memcpy(old_bits, saved, BLKSIZE);
	give_back();
}

// To be called before fs_init, which needs the block cache and may panic.
void
look_at_cache(void)
{
	look_at("bc_pgfault and flush_block", CHECK_CACHE);
}

void
fs_check(void)
{
	check_privilege();
	check.looked_at += check_cache() + check_blocks();
	look_no_more();
}
