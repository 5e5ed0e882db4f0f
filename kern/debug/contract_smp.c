// kern/debug/contract_smp.c - contracts of lab 4 that no program can see:
// device mappings, what each CPU enters the kernel with, gates of interrupts.
//
// Entry points: contract_mmio, contract_cpus, contract_irqs, contract_faults
// (kern/debug/contract.h).

#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/trap.h>

#include <kern/cpu.h>
#include <kern/debug/contract.h>
#include <kern/env.h>
#include <kern/pmap.h>
#include <kern/trap.h>

#define EX1	"lab 4, exercise 1; kern/pmap.c"
#define EX4	"lab 4, exercise 4; kern/trap.c"
#define EX13	"lab 4, exercise 13; kern/trap.c"

// -------------------------------------------------------------------- devices

#define DEVICE	0xFED00000		// nobody reads what is mapped here
#define DEVICE_PERM	(PTE_PCD | PTE_PWT | PTE_W | PTE_P)

struct Region {
	physaddr_t pa;
	size_t size;
	uintptr_t va;			// the result
};

static void
map(void *arg)
{
	struct Region *r = arg;

	r->va = (uintptr_t) mmio_map_region(r->pa, r->size);
}

// Map a region, and check that it is there; returns its address, or 0.
static uintptr_t
map_region(physaddr_t pa, size_t size)
{
	struct Region r = { .pa = pa, .size = size };
	const char *said = panic_of(map, &r);

	expect(!said, "%u bytes at %08x, which fit: panics: %s", size, pa,
		said);
	if (said)
		return 0;
	expect(PGOFF(r.va) == PGOFF(pa), "returns %08x for %08x: expected the "
		"same offset within a page", r.va, pa);
	for (physaddr_t p = ROUNDDOWN(pa, PGSIZE); p < pa + size; p += PGSIZE) {
		const uintptr_t va = ROUNDDOWN(r.va, PGSIZE)
			+ (p - ROUNDDOWN(pa, PGSIZE));
		const pte_t *pte = page_entry(kern_pgdir, (void *) va);
		const pte_t is = pte ? *pte & ~(PTE_A | PTE_D) : 0;

		expect(is == (p | DEVICE_PERM), "%u bytes at %08x: va %08x "
			"has entry %08x, expected %08x", size, pa, va, is, p
			| DEVICE_PERM);
		if (is != (p | DEVICE_PERM))
			break;
	}
	return r.va;
}

static void
must_panic(const char *what, physaddr_t pa, size_t size)
{
	struct Region r = { .pa = pa, .size = size };

	expect(panic_of(map, &r), "%s: expected a panic, as it does not fit "
		"below MMIOLIM; returns %08x", what, r.va);
}

void
contract_mmio(void)
{
	look_at("mmio_map_region", EX1);
	map_region(DEVICE + 0x10, 8);

	const uintptr_t two = map_region(DEVICE + 0xFFC, 8);
	const uintptr_t next = map_region(DEVICE, PGSIZE);

	if (!two || !next)
		return;
	expect(next >= ROUNDUP(two + 8, PGSIZE), "the second region, at "
		"%08x, overlaps the first, at %08x", next, two);

	// All that is left but one page, and then that page
	map_region(DEVICE, MMIOLIM - next - 2 * PGSIZE);
	must_panic("2 bytes on two pages, with one page left", DEVICE + 0xFFF,
		2);
	must_panic("2 pages, with one page left", DEVICE, PGSIZE + 1);
	map_region(DEVICE, PGSIZE);
	must_panic("1 byte, with nothing left", DEVICE, 1);
	must_panic("4 GiB less a page", DEVICE, 0xFFFFF000);
	must_panic("4 GiB less a byte", DEVICE, 0xFFFFFFFF);
	must_panic("so many bytes that the end wraps to 0", DEVICE + 0xFFF,
		0xFFFFF001);
}

// ----------------------------------------------------------------------- CPUs

static uint32_t
base_of(const struct Segdesc *d)
{
	return d->sd_base_15_0 | (uint32_t) d->sd_base_23_16 << 16
		| (uint32_t) d->sd_base_31_24 << 24;
}

void
contract_cpus(void)
{
	look_at("trap_init_percpu", EX4);
	for (int i = 0; i < ncpu; i++) {
		const struct Taskstate *ts = &cpus[i].cpu_ts;
		const struct Segdesc *d = &gdt[(GD_TSS0 >> 3) + i];
		const uint32_t top = KSTACKTOP - i * (KSTKSIZE + KSTKGAP);

		expect(ts->ts_esp0 == top, "CPU %d has ts_esp0 %08x, expected "
			"the top of its own stack, %08x", i, ts->ts_esp0, top);
		expect(ts->ts_ss0 == GD_KD, "CPU %d has ts_ss0 %x, expected "
			"GD_KD", i, ts->ts_ss0);
		expect(ts->ts_iomb >= sizeof(*ts), "CPU %d has ts_iomb %u: "
			"expected the size of the TSS, or programs may use "
			"ports", i, ts->ts_iomb);
		expect(base_of(d) == (uint32_t) ts, "the TSS of CPU %d in "
			"gdt[] is at %08x, expected its own cpu_ts, %08x", i,
			base_of(d), (uint32_t) ts);
		expect(d->sd_p && !d->sd_s && d->sd_dpl == 0
			&& d->sd_type == STS_T32B, "the TSS of CPU %d in "
			"gdt[] is not in use: expected ltr on that CPU, with "
			"GD_TSS0 + 8 * %d", i, i);
	}
	expect(rtr() == GD_TSS0 + 8u * cpunum(), "CPU %d has selector %x in "
		"its task register, expected %x", cpunum(), rtr(),
		GD_TSS0 + 8 * cpunum());
}

// ----------------------------------------------------------------- interrupts

void
contract_irqs(void)
{
	look_at("trap_init", EX13);
	for (int n = 0; n <= T_SYSCALL; n++) {
		const struct Gatedesc *g = &idt[n];
		const bool irq = n >= IRQ_OFFSET && n < IRQ_OFFSET + 16;

		expect(!irq || (g->gd_p && g->gd_sel == GD_KT),
			"IRQ %d has no gate: has it a stub in "
			"kern/trapentry.S?", n - IRQ_OFFSET);
		expect(!irq || g->gd_dpl == 0, "the gate of IRQ %d is open to "
			"programs", n - IRQ_OFFSET);
		expect(!g->gd_p || g->gd_type != STS_TG32, "the gate of trap "
			"%d leaves interrupts on: expected an interrupt gate",
			n);
		for (int m = IRQ_OFFSET; irq && m < n; m++)
			expect(idt[m].gd_off_15_0 != g->gd_off_15_0
				|| idt[m].gd_off_31_16 != g->gd_off_31_16,
				"IRQs %d and %d have one stub, not two in "
				"kern/trapentry.S", m - IRQ_OFFSET,
				n - IRQ_OFFSET);
	}
}

// ---------------------------------------------------------------- page faults

static void
fault_in_kernel(void *arg)
{
	page_fault_handler(arg);
}

// To be run where a program has stopped: no upcall of its is for this fault.
void
contract_faults(void)
{
	struct Trapframe tf = {
		.tf_trapno = T_PGFLT, .tf_cs = GD_KT, .tf_ds = GD_KD,
		.tf_es = GD_KD, .tf_eip = KERNBASE,
	};
	void *const upcalls[] = { NULL, (void *) UTEXT };

	look_at("page_fault_handler", "lab 3, exercise 9; kern/trap.c");
	if (!curenv)
		panic("there is no program");
	for (size_t i = 0; i < ARRAY_SIZE(upcalls); i++) {
		curenv->env_pgfault_upcall = upcalls[i];
		expect(panic_of(fault_in_kernel, &tf), "a fault in the kernel, "
			"whose program has %s upcall: expected a panic, but it "
			"is handled as one of the program (tf_cs & 3 is 0 in "
			"the kernel)", upcalls[i] ? "an" : "no");
	}
	curenv->env_pgfault_upcall = NULL;
}
