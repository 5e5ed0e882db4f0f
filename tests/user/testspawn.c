// tests/user/testspawn.c - spawn refuses invalid programs, leaks nothing then,
// and loads segments that share a page.

#include <inc/elf.h>
#include <inc/lib.h>

#include <tests/user/test.h>

static uint8_t image[3 * PGSIZE];

#define ELF	((struct Elf *) image)
#define PH(i)	(&((struct Proghdr *) (ELF + 1))[i])

static void
save(const char *name, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC);

	if (fd < 0)
		panic("open %s: %e", name, fd);
	for (size_t done = 0; done < n; ) {
		int r = write(fd, image + done, n - done);

		if (r <= 0)
			panic("write: %e", r);
		done += r;
	}
	close(fd);
}

// A program with two segments on one page.  Its code prints a string of the
// second segment, changes a byte of its bss, and ends.
static void
make_good(void)
{
	static const uint8_t code[] = {
		0xB8, 0, 0, 0, 0,		// mov $SYS_cputs, %eax
		0xBA, 0x00, 0x08, 0x80, 0x00,	// mov $0x800800, %edx
		0xB9, 6, 0, 0, 0,		// mov $6, %ecx
		0xCD, 0x30,			// int $48
		0xFE, 0x05, 0x00, 0x18, 0x80, 0x00, // incb 0x801800 (bss)
		0xB8, 3, 0, 0, 0,		// mov $SYS_env_destroy, %eax
		0x31, 0xD2,			// xor %edx, %edx
		0xCD, 0x30,
	};

	memset(image, 0, sizeof(image));
	*ELF = (struct Elf) {
		.e_magic = ELF_MAGIC, .e_elf = { 1, 1, 1 },
		.e_type = ELF_TYPE_EXEC, .e_machine = ELF_MACHINE_386,
		.e_version = 1, .e_entry = 0x800400, .e_phoff = sizeof(*ELF),
		.e_ehsize = sizeof(*ELF), .e_phentsize = 32, .e_phnum = 2,
	};
	*PH(0) = (struct Proghdr) {
		.p_type = 1, .p_offset = 0x400, .p_va = 0x800400,
		.p_filesz = sizeof(code), .p_memsz = sizeof(code), .p_flags = 5,
	};
	*PH(1) = (struct Proghdr) {
		.p_type = 1, .p_offset = 0x1234, .p_va = 0x800800,
		.p_filesz = 6, .p_memsz = 0x1800, .p_flags = 6,
	};
	memcpy(image + 0x400, code, sizeof(code));
	memcpy(image + 0x1234, "fine.\n", 6);
}

static int failures;

static void
expect(const char *what, const char **argv, int want)
{
	static const char *none[] = { "x", NULL };
	int before = free_envs();
	int r = spawn("/prog", argv ? argv : none);

	if (r > 0) {
		wait(r);
		r = 0;
	}
	if (r != want || free_envs() != before) {
		cprintf("%s: %e, not %e; %d environments, then %d\n", what, r,
			want, before, free_envs());
		failures++;
	}
	if ((r = open("/prog", O_RDONLY)) != 0)
		cprintf("%s: next descriptor is %d\n", what, r);
	close(r);
}

#define TRY(change, want) do { \
	make_good(); change; save("/prog", 2 * PGSIZE); \
	expect(#change, NULL, want); \
} while (0)

void
umain(int argc, char **argv)
{
	static char longarg[PGSIZE];
	static const char *args[1200];

	USED(argc), USED(argv);
	TRY(, 0);
	TRY(ELF->e_magic++, -E_NOT_EXEC);
	TRY(ELF->e_type = 1, -E_NOT_EXEC);
	TRY(ELF->e_phentsize = 33, -E_NOT_EXEC);
	TRY(ELF->e_phnum = 65535, -E_NOT_EXEC);
	TRY(ELF->e_phoff = 2 * PGSIZE - 63, -E_NOT_EXEC);
	TRY(ELF->e_phoff = 0xFFFFFFFF, -E_NOT_EXEC);
	TRY((memmove(image + 2 * PGSIZE - 64, PH(0), 64),
		ELF->e_phoff = 2 * PGSIZE - 64), 0);
	TRY(PH(1)->p_offset = 2 * PGSIZE - 5, -E_NOT_EXEC);
	TRY(PH(1)->p_filesz = 0xFFFFFFF0, -E_NOT_EXEC);
	TRY(PH(1)->p_memsz = 5, -E_NOT_EXEC);
	TRY(PH(1)->p_memsz = 0xFF800000, -E_NOT_EXEC);
	TRY(PH(1)->p_va = 0xF0000000, -E_NOT_EXEC);
	TRY(PH(1)->p_va = USTACKTOP - PGSIZE, -E_NOT_EXEC);
	TRY(PH(1)->p_memsz = 0x30000000, -E_NO_MEM);
	TRY(PH(1)->p_type = 6, 0);

	make_good();
	save("/prog", sizeof(*ELF) - 1);
	expect("short header", NULL, -E_NOT_EXEC);
	save("/prog", 0);
	expect("empty", NULL, -E_NOT_EXEC);
	if (spawnl("/nothing", "x", NULL) != -E_NOT_FOUND)
		panic("not found");

	save("/prog", 2 * PGSIZE);
	memset(longarg, 'a', PGSIZE - 1);
	args[0] = longarg, args[1] = NULL;
	expect("long argument", args, -E_NO_MEM);
	longarg[PGSIZE - 16] = '\0';
	expect("longest argument + 1", args, -E_NO_MEM);
	longarg[PGSIZE - 17] = '\0';
	expect("longest argument", args, 0);
	for (int i = 0; i < 1100; i++)
		args[i] = "";
	args[1100] = NULL;
	expect("many arguments", args, -E_NO_MEM);
	args[800] = NULL;
	expect("800 arguments", args, 0);

	if (failures == 0)
		cprintf("testspawn ok\n");
}
