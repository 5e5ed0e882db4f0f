// tools/profile.c - a plugin for QEMU that counts how often each instruction
// is executed.  tools/profile loads it and says what the counts mean.
//
//	-plugin FILE,out=FILE[,start=ADDRESS:BYTES][,stop=ADDRESS]
//
// Counts from the moment that the instructions BYTES (hexadecimal) at ADDRESS
// are executed until those at stop are; without start from power-on.
//
// Counts are kept for each page, as all programs run at the same addresses.  A
// page is identified by its place in the computer's memory, its address in the
// machine, and the contents of its executed instructions.  For each page, the
// output file has its address, its 4096 bytes, and 4096 counts of 8 bytes each,
// little-endian.
//
// Distributions do not package the header of QEMU's interface for plugins
// (docs/devel/tcg-plugins), so the declarations that this plugin needs are
// here.  They are equal in all versions of the interface.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id,
	void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *,
	void (*)(unsigned cpu, void *arg), int flags, void *arg);
void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *),
	void *arg);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
	size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *);

// The interface version of this plugin: QEMU 9 rejects 1, older QEMUs do not
// know 2.  QEMU reads this variable after it has loaded the plugin.
__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static void __attribute__((constructor))
choose_version(void)
{
	const char *version = getenv("JOS_PLUGIN_VERSION");

	if (version)
		qemu_plugin_version = atoi(version);
}

#define PGSIZE		4096
#define NBUCKET		4096

struct Page {
	struct Page *next;		// in the bucket; newest first
	uint64_t va;			// of the machine
	uintptr_t host;			// address in the computer's memory
	uint8_t bytes[PGSIZE];
	uint64_t counts[PGSIZE];	// of the instruction that begins there
};

static struct Page *buckets[NBUCKET];
static bool counting = true;
static const char *out;
static uint64_t start_va, stop_va;
static uint8_t start_bytes[64];
static size_t start_size;

// Returns the page of an instruction; a new one if the instruction has changed.
static struct Page *
page_of(uint64_t va, const uint8_t *host, size_t size)
{
	uintptr_t base = (uintptr_t) host & ~(uintptr_t) (PGSIZE - 1);
	size_t offset = (uintptr_t) host - base;
	struct Page **bucket = &buckets[(base ^ va) / PGSIZE % NBUCKET];
	struct Page *page = *bucket;

	if (size > PGSIZE - offset)
		size = PGSIZE - offset;
	while (page && (page->host != base || page->va != va - offset))
		page = page->next;
	if (page && memcmp(page->bytes + offset, host, size) == 0)
		return page;

	page = calloc(1, sizeof(*page));
	if (!page)
		abort();
	page->va = va - offset;
	page->host = base;
	memcpy(page->bytes, (const void *) base, PGSIZE);
	page->next = *bucket;
	return *bucket = page;
}

static void
executed(unsigned cpu, void *count)
{
	(void) cpu;
	if (counting)
		++*(uint64_t *) count;
}

static void
start(unsigned cpu, void *arg)
{
	(void) cpu, (void) arg;
	counting = true;
}

static void
stop(unsigned cpu, void *arg)
{
	(void) cpu, (void) arg;
	counting = false;
}

// QEMU is about to translate a block of instructions.
static void
translate(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void) id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t va = qemu_plugin_insn_vaddr(insn);
		const uint8_t *host = qemu_plugin_insn_haddr(insn);

		if (!host)
			continue;
		if (start_size && va == start_va
		    && memcmp(host, start_bytes, start_size) == 0)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, start,
				0, NULL);
		if (stop_va && va == stop_va)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, stop,
				0, NULL);
		struct Page *page = page_of(va, host,
			qemu_plugin_insn_size(insn));
		qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, 0,
			&page->counts[va % PGSIZE]);
	}
}

static bool
was_executed(const struct Page *page)
{
	for (size_t i = 0; i < PGSIZE; i++)
		if (page->counts[i])
			return true;
	return false;
}

static void
finish(plugin_id id, void *arg)
{
	FILE *f = fopen(out, "wb");

	(void) id, (void) arg;
	if (!f) {
		perror(out);
		return;
	}
	for (size_t i = 0; i < NBUCKET; i++)
		for (struct Page *page = buckets[i]; page; page = page->next) {
			if (!was_executed(page))
				continue;
			fwrite(&page->va, sizeof(page->va), 1, f);
			fwrite(page->bytes, sizeof(page->bytes), 1, f);
			fwrite(page->counts, sizeof(page->counts), 1, f);
		}
	if (fclose(f) != 0)
		perror(out);
}

// ADDRESS:BYTES
static void
read_start(const char *text)
{
	unsigned byte;
	char *next;

	start_va = strtoul(text, &next, 16);
	for (next++; start_size < sizeof(start_bytes)
	    && sscanf(next, "%2x", &byte) == 1; next += 2)
		start_bytes[start_size++] = byte;
	counting = false;
}

__attribute__((visibility("default"))) int
qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void) info;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "out=", 4) == 0)
			out = argv[i] + 4;
		else if (strncmp(argv[i], "start=", 6) == 0)
			read_start(argv[i] + 6);
		else if (strncmp(argv[i], "stop=", 5) == 0)
			stop_va = strtoul(argv[i] + 5, NULL, 16);
	}
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
