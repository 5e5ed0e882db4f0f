// tests/test-kdebug.c - kern/kdebug.c as a program of the host.
//
// It searches the table in file TABLE, which is there twice: as the kernel's,
// and at USTABDATA as a program's.  tests/test-kdebug builds and runs it:
//
//	test-kdebug < ADDRESSES		answers for each address, 4 bytes each
//	test-kdebug fuzz		damages the table in many ways, and asks
//
// In the second case a page that is not there follows the table, and the
// program ends by a signal if a lookup goes too far or takes too long.
//
// It is linked with nothing: these are calls to Linux on the i386.

#include <inc/x86.h>
#define rcr3() 0			// ours may not be read here,
#define rtr() 0				// and this one is Linux's
#include <kern/kdebug.c>

#define ROUNDS		200000

enum { LINUX_EXIT = 1, LINUX_READ = 3, LINUX_WRITE = 4, LINUX_ALARM = 27,
	LINUX_MMAP = 90 };

asm(".section .rodata\n"
	"__LINES_BEGIN__:\n"
	".incbin \"" TABLE "\"\n"
	"__LINES_END__:\n"
	".text");

static uint8_t *const table = (uint8_t *) USTABDATA;
static uint32_t table_size;		// what user_mem_check finds there

static int
host_call(int number, uint32_t a, uint32_t b, uint32_t c)
{
	int result;

	asm volatile("int $0x80" : "=a" (result)
		: "a" (number), "b" (a), "c" (b), "d" (c) : "memory");
	return result;
}

static void
finish(int status)
{
	host_call(LINUX_EXIT, status, 0, 0);
	for (;;)
		;
}

// What kern/kdebug.c needs of the kernel
struct CpuInfo cpus[NCPU];
struct TssOwner cpu_of_tss[] = { { cpus, 0 } };
static struct Env env;

int
user_mem_check(struct Env *e, const void *va, size_t len, int perm)
{
	uint32_t start = (uint32_t) va - USTABDATA;

	if (e != &env || perm != PTE_U)
		finish(3);
	return start > table_size || len > table_size - start ? -E_FAULT : 0;
}

void
_panic(const char *file, int line, const char *format, ...)
{
	(void) file, (void) line, (void) format;
	finish(4);
	for (;;)
		;
}

// Print n bytes; with n = 0, all that was not printed yet.
static void
print(const char *s, int n)
{
	static char buffer[4096];
	static int used;

	for (int i = 0; i < n; i++)
		buffer[used++ % sizeof(buffer)] = s[i];
	if (n == 0 || used > (int) sizeof(buffer) - 256) {
		host_call(LINUX_WRITE, 1, (uint32_t) buffer, used);
		used = 0;
	}
}

static int
length(const char *s)
{
	int n = 0;

	while (s[n])
		n++;
	return n;
}

// "NAME FILE LINE\n"
static void
answer(uintptr_t addr)
{
	struct Eipdebuginfo info;
	char digits[12];
	int n = sizeof(digits);

	debuginfo_eip(addr, &info);
	print(info.eip_fn_name, info.eip_fn_namelen);
	print(" ", 1);
	print(info.eip_file, length(info.eip_file));
	print(" ", 1);
	digits[--n] = '\n';
	do
		digits[--n] = '0' + info.eip_line % 10;
	while ((info.eip_line /= 10));
	print(digits + n, sizeof(digits) - n);
}

static uint32_t
random(uint32_t limit)
{
	static uint32_t x = 2463534242U;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x % limit;
}

// Make the table anew, with more strings behind it up to size.
static void
restore(uint32_t size)
{
	uint32_t n = __LINES_END__ - __LINES_BEGIN__;

	for (uint32_t i = 0; i < size; i++)
		table[i] = i < n ? __LINES_BEGIN__[i] : 'x';
	((struct Linetab *) table)->lt_size = table_size = size;
}

// Damage the table in one to four places, mostly in the header and in the
// functions, where the offsets are.
static void
damage(uint32_t size)
{
	static const uint32_t extremes[] = {
		0, 1, 2, 11, 12, 13, 0x7FFFFFFF, 0x80000000, 0x15555554,
		0x15555555, 0x15555556, 0xFFFFFFFF, 0xFFFFFFF0, 0xFFFFFFF4,
	};

	for (int n = 1 + random(4); n > 0; n--) {
		uint32_t place = random(2) ? random(8) * 4
			: random(size - 3);

		if (random(2))
			table[place] = random(256);
		else
			*(uint32_t *) (table + place) = random(3)
				? extremes[random(ARRAY_SIZE(extremes))]
				: random(size + 2);
	}
	// Often leave the magic number, without which nothing is looked at.
	if (random(8))
		*(uint32_t *) table = LINETAB_MAGIC;
	if (random(2))
		table_size = random(size + 1);
}

// Look addresses up in damaged tables, whose last byte is the last there is.
static void
fuzz(uint32_t size)
{
	uint32_t first = ((struct Linefunc *) (__LINES_BEGIN__ + 16))->lf_addr;
	struct Eipdebuginfo info;

	host_call(LINUX_ALARM, 60, 0, 0);
	for (int round = 0; round < ROUNDS; round++) {
		restore(size);
		damage(size);
		debuginfo_eip(first + random(16384), &info);
		debuginfo_eip(random(USTABDATA), &info);
		if (info.eip_fn_namelen < 0 || info.eip_fn_namelen > 63
		    || length(info.eip_file) > 63)
			finish(5);
	}
}

// The stack holds argc, then argv.
__attribute__((used)) static void
start(int *stack)
{
	uint32_t size = __LINES_END__ - __LINES_BEGIN__;
	uint32_t room = ROUNDUP(size, PGSIZE);
	uint32_t map[] = { USTABDATA, room, 3, 0x32, -1, 0 };
	if (host_call(LINUX_MMAP, (uint32_t) map, 0, 0) != USTABDATA)
		finish(6);
	cpus[0].cpu_env = &env;
	env.env_pgdir = (pde_t *) KERNBASE;
	restore(size);

	uint32_t addr;
	if (stack[0] > 1)
		fuzz(room);
	else
		while (host_call(LINUX_READ, 0, (uint32_t) &addr, 4) == 4)
			answer(addr);
	print("", 0);
	finish(0);
}

asm(".globl _start\n_start: movl %esp, %eax\n\tpushl %eax\n\tcall start");
