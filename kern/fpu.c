// kern/fpu.c - each environment has floating-point registers of its own.
//
// The kernel does not use these registers, so the trap frame does not hold
// them.  A program starts with CR0.TS set each time it leaves the kernel.  Its
// first floating-point instruction then traps (T_DEVICE), and fpu_load loads
// its registers, clears TS and requests IPI_FPU of this CPU: at the program's
// next trap, fpu_save saves the registers and sets TS.  So they are in memory
// whenever the kernel runs, and any CPU may run the program next.
//
// They are saved in a page, which fpu_alloc gives the environment when it first
// uses them.
//
// Intel SDM 1, 8.1 and 10.5; SDM 3A, 2.5 (TS, MP, NE) and 13.1 (OSFXSR).
//
// Entry points: fpu_init; fpu_save, fpu_is_saved, fpu_load; fpu_copy, fpu_free;
// fpu_page_of.

#include <inc/error.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/fpu.h>
#include <kern/pmap.h>

#define CPUID_1_EDX_FXSR	(1 << 24)
#define CPUID_1_EDX_SSE		(1 << 25)

#define CR4_OSFXSR	0x00000200	// fxsave saves XMM registers, too
#define CR4_OSXMMEXCPT	0x00000400	// SSE errors raise T_SIMDERR

// The registers of a new program: all exceptions masked, all else 0.
// FsaveArea is the layout of fnsave, FxsaveArea that of fxsave.
#define FCW_INIT	0x037F
#define FTW_EMPTY	0xFFFF		// all registers empty, for frstor
#define MXCSR_INIT	0x1F80

struct FsaveArea {
	uint32_t control, status, tags;
	uint32_t rest[24];
};

struct FxsaveArea {
	uint16_t control, status;
	uint8_t tags;			// 0: all registers empty
	uint8_t pad[19];
	uint32_t mxcsr;
	uint32_t rest[121];
};

_Static_assert(sizeof(struct FsaveArea) == 108, "SDM 1, 8.1.10");
_Static_assert(offsetof(struct FxsaveArea, mxcsr) == 24, "SDM 1, 10.5.1");
_Static_assert(sizeof(struct FxsaveArea) == 512, "SDM 1, 10.5.1");

static bool has_fxsr;
static struct PageInfo *fpu_page[NENV];	// for each slot of envs[], or NULL

// Called by each CPU.
void
fpu_init(void)
{
	uint32_t edx = cpu_features();

	has_fxsr = edx & CPUID_1_EDX_FXSR;
	if (has_fxsr)
		lcr4(rcr4() | CR4_OSFXSR
			| (edx & CPUID_1_EDX_SSE ? CR4_OSXMMEXCPT : 0));
	lcr0((rcr0() & ~CR0_EM) | CR0_MP | CR0_NE | CR0_TS);
}

void
fpu_save(struct Env *e)
{
	if (fpu_is_saved())
		return;

	struct PageInfo *pp = fpu_page[e - envs];

	if (pp && has_fxsr)
		__asm__ volatile("fxsave (%0)"
			: : "r" (page2kva(pp)) : "memory");
	else if (pp)
		__asm__ volatile("fnsave (%0)"
			: : "r" (page2kva(pp)) : "memory");
	lcr0(rcr0() | CR0_TS);
}

// Give e a page with the registers of a new program.
// Returns 0 or -E_NO_MEM.
static int
fpu_alloc(struct Env *e)
{
	struct PageInfo *pp = page_alloc(ALLOC_ZERO);

	if (!pp)
		return -E_NO_MEM;
	pp->pp_ref++;
	fpu_page[e - envs] = pp;

	if (has_fxsr) {
		struct FxsaveArea *area = page2kva(pp);

		area->control = FCW_INIT;
		area->mxcsr = MXCSR_INIT;
	} else {
		struct FsaveArea *area = page2kva(pp);

		area->control = FCW_INIT;
		area->tags = FTW_EMPTY;
	}
	return 0;
}

int
fpu_load(struct Env *e)
{
	int r;

	if (!fpu_page[e - envs] && (r = fpu_alloc(e)) < 0)
		return r;

	void *area = page2kva(fpu_page[e - envs]);
	ipi_request(cpunum(), IPI_FPU);
	__asm__ volatile("clts" : : : "memory");
	if (has_fxsr)
		__asm__ volatile("fxrstor (%0)" : : "r" (area) : "memory");
	else
		__asm__ volatile("frstor (%0)" : : "r" (area) : "memory");
	return 0;
}

int
fpu_copy(struct Env *to, struct Env *from)
{
	int r;

	if (!fpu_page[from - envs])
		return 0;
	if ((r = fpu_alloc(to)) < 0)
		return r;
	memcpy(page2kva(fpu_page[to - envs]), page2kva(fpu_page[from - envs]),
		sizeof(struct FxsaveArea));
	return 0;
}

const struct PageInfo *
fpu_page_of(const struct Env *e)
{
	return fpu_page[e - envs];
}

void
fpu_free(struct Env *e)
{
	struct PageInfo **pp = &fpu_page[e - envs];

	if (*pp)
		page_decref(*pp);
	*pp = NULL;
}
