// tests/user/testelf.c - damaged program files: spawn returns an error, or the
// child ends by itself.  No environment, page or descriptor is leaked.

#include <inc/elf.h>

#include <tests/user/fuzz.h>

#define FILE_SIZE	(2 * PGSIZE)
#define TEXT		0x00800000

static uint8_t image[FILE_SIZE];

#define ELF	((struct Elf *) image)
#define PH	((struct Proghdr *) (ELF + 1))

// A program that ends itself at its entry point
static void
make_good(void)
{
	static const uint8_t code[] = {
		0xB8, SYS_env_destroy, 0, 0, 0,		// mov, %eax
		0x31, 0xD2,				// xor %edx, %edx
		0xCD, T_SYSCALL,
	};

	memset(image, 0, sizeof(image));
	*ELF = (struct Elf) {
		.e_magic = ELF_MAGIC,
		.e_elf = { ELF_CLASS_32, ELF_DATA_LSB, 1 },
		.e_type = ELF_TYPE_EXEC, .e_machine = ELF_MACHINE_386,
		.e_version = 1, .e_entry = TEXT, .e_phoff = sizeof(*ELF),
		.e_phentsize = sizeof(*PH), .e_phnum = 2,
	};
	for (int i = 0; i < 2; i++)
		PH[i] = (struct Proghdr) {
			.p_type = ELF_PROG_LOAD, .p_offset = PGSIZE,
			.p_va = TEXT + i * PGSIZE, .p_filesz = PGSIZE,
			.p_memsz = PGSIZE, .p_flags = ELF_PROG_FLAG_EXEC,
		};
	memcpy(image + PGSIZE, code, sizeof(code));
}

static void
save(size_t n)
{
	int fd = open("/elf", O_WRONLY | O_CREAT | O_TRUNC), r;

	if (fd < 0)
		panic("open: %e", fd);
	for (size_t done = 0; done < n; done += r)
		if ((r = write(fd, image + done, n - done)) <= 0)
			panic("write: %e", r);
	close(fd);
}

#define MAXTURNS 10000		// until a child is gone

#define STARTS	0		// the child starts, and ends or faults

static void
expect(const char *what, const char *path, int want)
{
	int envs_before = free_envs();
	int r = spawnl(path, "elf", NULL);

	if (r > 0) {
		wait(r);
		r = STARTS;
	}
	if (r != want)
		panic("%s: %e, not %e", what, r, want);
	// The kernel frees a large child's memory in slices
	for (int turn = 0; turn < MAXTURNS && free_envs() != envs_before;
	     turn++)
		sys_yield();
	if (free_envs() != envs_before)
		panic("%s: %d environments, then %d", what, envs_before,
			free_envs());
	if ((r = open("/elf", O_RDONLY)) != 0)
		panic("%s: next descriptor is %d", what, r);
	close(r);
}

#define TRY(change, want) do {			\
	make_good();				\
	change;					\
	save(FILE_SIZE);			\
	expect(#change, "/elf", want);		\
} while (0)

static void
test_headers(void)
{
	TRY(, STARTS);
	TRY(ELF->e_elf[0] = 2, -E_NOT_EXEC);		// 64 bits
	TRY(ELF->e_elf[1] = 2, -E_NOT_EXEC);		// big endian
	TRY(ELF->e_machine = 62, -E_NOT_EXEC);
	TRY(ELF->e_type = 3, -E_NOT_EXEC);
	TRY(ELF->e_phnum = 0, STARTS);			// faults at once
	TRY(ELF->e_phnum = 0xFFFF, -E_NOT_EXEC);
	TRY(ELF->e_phnum = 17, -E_NOT_EXEC);
	TRY(ELF->e_phentsize = 0, -E_NOT_EXEC);
	TRY(ELF->e_phoff = FILE_SIZE, -E_NOT_EXEC);
	TRY(ELF->e_phoff = FILE_SIZE - 1, -E_NOT_EXEC);
	TRY(ELF->e_phoff = 0x80000000, -E_NOT_EXEC);
	TRY(ELF->e_phoff = 0xFFFFFFE0, -E_NOT_EXEC);
	TRY(ELF->e_phoff = 1, STARTS);			// hardly any segment
}

static void
test_entries(void)
{
	TRY(ELF->e_entry = 0, STARTS);
	TRY(ELF->e_entry = KERNBASE + 0x100000, STARTS);
	TRY(ELF->e_entry = UTOP, STARTS);
	TRY(ELF->e_entry = UVPT, STARTS);
	TRY(ELF->e_entry = USTACKTOP - 4, STARTS);
	TRY(ELF->e_entry = 0xFFFFFFFF, STARTS);
}

static void
test_segments(void)
{
	static const uint32_t bad[] = {
		KERNBASE, KERNBASE + 0x100000, ULIM, UVPT, UPAGES, UENVS, UTOP,
		UXSTACKTOP - PGSIZE, USTACKTOP, USTACKTOP - PGSIZE,
		USTACKTOP - PGSIZE - 1, USTACKTOP - 2 * PGSIZE + 1,
		0xFFFFF000, 0xFFFFFFFF, 0x80000000 + KERNBASE / 2,
	};

	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		TRY(PH[1].p_va = bad[i], -E_NOT_EXEC);
	TRY(PH[1].p_va = USTACKTOP - 2 * PGSIZE, STARTS);
	TRY(PH[1].p_va = 0, STARTS);
	TRY(PH[1].p_va = (uintptr_t) UTEMP, STARTS);
	TRY(PH[1].p_va = 0xD0000000, STARTS);		// descriptors
	TRY(PH[1].p_va = TEXT, STARTS);			// the same pages
	TRY(PH[1].p_va = TEXT + 1, STARTS);
	TRY(PH[0].p_va = TEXT - 1, STARTS);
	TRY((PH[1].p_va = TEXT - PGSIZE, PH[1].p_memsz = 3 * PGSIZE), STARTS);

	TRY(PH[1].p_memsz = 0xFFFFFFFF, -E_NOT_EXEC);
	TRY(PH[1].p_memsz = 0x80000000, -E_NO_MEM);
	TRY(PH[1].p_memsz = -TEXT, -E_NOT_EXEC);
	TRY(PH[1].p_memsz = PGSIZE - 1, -E_NOT_EXEC);
	TRY(PH[1].p_memsz = PH[1].p_filesz = 0, STARTS);
	TRY(PH[1].p_filesz = PGSIZE + 1, -E_NOT_EXEC);
	TRY(PH[1].p_filesz = PH[1].p_memsz = PGSIZE + 1, -E_NOT_EXEC);
	TRY(PH[1].p_offset = 0xFFFFF000, -E_NOT_EXEC);
	TRY(PH[1].p_offset = PGSIZE + 1, -E_NOT_EXEC);
	TRY((PH[1].p_offset = 0xFFFFFFFF, PH[1].p_filesz = 2,
		PH[1].p_memsz = 2), -E_NOT_EXEC);
	TRY(PH[1].p_flags = 0xFFFFFFFF, STARTS);
	TRY(PH[1].p_type = 0xFFFFFFFF, STARTS);
}

static void
test_files(void)
{
	make_good();
	for (size_t n = 0; n < sizeof(*ELF) + 2 * sizeof(*PH); n += 13) {
		save(n);
		expect("truncated", "/elf", -E_NOT_EXEC);
	}
	save(PGSIZE + 5);
	expect("truncated segment", "/elf", -E_NOT_EXEC);
	expect("directory", "/", -E_NOT_EXEC);
	expect("no name", "", -E_NOT_EXEC);
	expect("text", "/motd", -E_NOT_EXEC);
	expect("in a file", "/motd/x", -E_NOT_FOUND);
	expect("not there", "/\xFF\x01", -E_NOT_FOUND);
}

static void
test_all(void)
{
	test_headers();
	test_entries();
	test_segments();
	test_files();
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	close_all();
	check_child();
	// Let page tables and cached blocks that stay in use be allocated
	TRY(, STARTS);
	TRY(PH[1].p_memsz = 0x80000000, -E_NO_MEM);
	test_files();
	free_pages();

	int before = free_pages();

	test_all();
	check_child();
	check_server();
	if (free_pages() != before)
		panic("%d pages, then %d", before, free_pages());
	cprintf("testelf ok\n");
}
