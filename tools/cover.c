// tools/cover.c - a plugin for QEMU that notes which code is executed, in a
// file that all QEMUs share.  tools/coverage loads it and says which lines
// that is.
//
//	-plugin FILE,out=FILE
//
// Programs run at the same addresses, so a page is known by its address and its
// contents.  The file is a hash table of struct Page, little-endian; a page has
// for each of its bytes how many bytes were executed in one go from there on.
//
// The declarations of QEMU's interface are here for the reason that
// tools/profile.c has.

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id,
	void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *,
	void (*)(unsigned cpu, void *arg), int flags, void *arg);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
	size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *);

// As in tools/profile.c
__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static void __attribute__((constructor))
choose_version(void)
{
	const char *version = getenv("JOS_PLUGIN_VERSION");

	if (version)
		qemu_plugin_version = atoi(version);
}

#define PGSIZE		4096
#define NPAGES		8192		// also in tools/coverage

struct Page {
	uint64_t hash;			// of the rest; 0: nothing is here
	uint64_t va;
	uint8_t bytes[PGSIZE];
	uint16_t size[PGSIZE];
};

static struct Page *pages;

// What a block of instructions executes of a page
struct Part {
	uint16_t *at, size;
};

// Returns the page of the file for this one, or NULL if the file is full.
static struct Page *
page_of(uint64_t va, const uint8_t *bytes)
{
	uint64_t hash = va, word;

	for (size_t i = 0; i < PGSIZE; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		hash = (hash ^ word) * 0x9E3779B97F4A7C15;
		hash ^= hash >> 32;
	}
	hash |= 1;
	for (size_t i = 0; i < NPAGES; i++) {
		struct Page *page = &pages[(hash + i) % NPAGES];

		if (__sync_bool_compare_and_swap(&page->hash, 0, hash)) {
			memcpy(page->bytes, bytes, PGSIZE);
			page->va = va;
		}
		if (page->hash == hash)
			return page;
	}
	return NULL;
}

static void
executed(unsigned cpu, void *arg)
{
	const struct Part *part = arg;

	(void) cpu;
	if (*part->at < part->size)
		*part->at = part->size;
}

// QEMU is about to translate a block of instructions.  It goes on in a second
// page at most; an instruction in both counts for the first.
static void
translate(plugin_id id, struct qemu_plugin_tb *tb)
{
	struct Part *part = NULL;
	uint64_t last = 0;

	(void) id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t va = qemu_plugin_insn_vaddr(insn);
		const uint8_t *host = qemu_plugin_insn_haddr(insn);
		struct Page *page;

		if (!host)
			continue;
		if (!part || va / PGSIZE != last) {
			page = page_of(va - va % PGSIZE, host - va % PGSIZE);
			part = page ? malloc(sizeof(*part)) : NULL;
			if (!part)
				return;
			*part = (struct Part) { &page->size[va % PGSIZE], 0 };
			qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, 0,
				part);
			last = va / PGSIZE;
		}
		part->size += qemu_plugin_insn_size(insn);
	}
}

__attribute__((visibility("default"))) int
qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	const size_t size = NPAGES * sizeof(struct Page);
	int fd = -1;

	(void) info;
	if (argc == 1 && strncmp(argv[0], "out=", 4) == 0)
		fd = open(argv[0] + 4, O_RDWR | O_CREAT, 0666);
	if (fd < 0 || ftruncate(fd, size) < 0)
		return -1;
	pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pages == MAP_FAILED)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
