// inc/x86.h - machine instructions that C cannot express.
//
// Most functions are one instruction, and have its name.  "memory" among the
// clobbers keeps the compiler from moving memory accesses across it.

#ifndef JOS_INC_X86_H
#define JOS_INC_X86_H

#include <inc/types.h>

#define X86_INLINE static inline __attribute__((always_inline))

X86_INLINE void
breakpoint(void)
{
	__asm__ volatile("int3");
}

// ---------------------------------------------------------------- port I/O
// insb to outsl move cnt items.

X86_INLINE uint8_t
inb(int port)
{
	uint8_t data;

	__asm__ volatile("inb %w1, %0" : "=a" (data) : "Nd" (port));
	return data;
}

X86_INLINE uint16_t
inw(int port)
{
	uint16_t data;

	__asm__ volatile("inw %w1, %0" : "=a" (data) : "Nd" (port));
	return data;
}

X86_INLINE uint32_t
inl(int port)
{
	uint32_t data;

	__asm__ volatile("inl %w1, %0" : "=a" (data) : "Nd" (port));
	return data;
}

X86_INLINE void
insb(int port, void *addr, int cnt)
{
	__asm__ volatile("cld; rep insb"
		: "+D" (addr), "+c" (cnt) : "d" (port) : "memory", "cc");
}

X86_INLINE void
insw(int port, void *addr, int cnt)
{
	__asm__ volatile("cld; rep insw"
		: "+D" (addr), "+c" (cnt) : "d" (port) : "memory", "cc");
}

X86_INLINE void
insl(int port, void *addr, int cnt)
{
	__asm__ volatile("cld; rep insl"
		: "+D" (addr), "+c" (cnt) : "d" (port) : "memory", "cc");
}

X86_INLINE void
outb(int port, uint8_t data)
{
	__asm__ volatile("outb %0, %w1" : : "a" (data), "Nd" (port));
}

X86_INLINE void
outw(int port, uint16_t data)
{
	__asm__ volatile("outw %0, %w1" : : "a" (data), "Nd" (port));
}

X86_INLINE void
outl(int port, uint32_t data)
{
	__asm__ volatile("outl %0, %w1" : : "a" (data), "Nd" (port));
}

X86_INLINE void
outsb(int port, const void *addr, int cnt)
{
	__asm__ volatile("cld; rep outsb"
		: "+S" (addr), "+c" (cnt) : "d" (port) : "memory", "cc");
}

X86_INLINE void
outsw(int port, const void *addr, int cnt)
{
	__asm__ volatile("cld; rep outsw"
		: "+S" (addr), "+c" (cnt) : "d" (port) : "memory", "cc");
}

X86_INLINE void
outsl(int port, const void *addr, int cnt)
{
	__asm__ volatile("cld; rep outsl"
		: "+S" (addr), "+c" (cnt) : "d" (port) : "memory", "cc");
}

// The index of the first of n words that is not 0; n if all are 0.  repe counts
// %ecx down for each word that scasl compares.
X86_INLINE uint32_t
first_nonzero(const uint32_t *words, uint32_t n)
{
	uint32_t left = n;
	bool found;

	__asm__ volatile("cld; testl %%ecx, %%ecx; repe scasl; setne %b2"
		: "+D" (words), "+c" (left), "=q" (found)
		: "a" (0) : "memory", "cc");
	return n - left - found;
}

// ------------------------------------------------- tables and paging state

X86_INLINE void
lidt(void *pseudodesc)
{
	__asm__ volatile("lidt (%0)" : : "r" (pseudodesc) : "memory");
}

X86_INLINE void
lgdt(void *pseudodesc)
{
	__asm__ volatile("lgdt (%0)" : : "r" (pseudodesc) : "memory");
}

X86_INLINE void
lldt(uint16_t sel)
{
	__asm__ volatile("lldt %0" : : "r" (sel));
}

X86_INLINE void
ltr(uint16_t sel)
{
	__asm__ volatile("ltr %0" : : "r" (sel) : "memory");
}

// The task register; 0 until the first ltr.
X86_INLINE uint32_t
rtr(void)
{
	uint32_t sel;

	__asm__("str %0" : "=r" (sel));
	return sel;
}

X86_INLINE void
invlpg(void *va)
{
	__asm__ volatile("invlpg (%0)" : : "r" (va) : "memory");
}

X86_INLINE void
lcr0(uint32_t val)
{
	__asm__ volatile("movl %0, %%cr0" : : "r" (val) : "memory");
}

X86_INLINE uint32_t
rcr0(void)
{
	uint32_t val;

	__asm__ volatile("movl %%cr0, %0" : "=r" (val));
	return val;
}

X86_INLINE uint32_t
rcr2(void)
{
	uint32_t val;

	__asm__ volatile("movl %%cr2, %0" : "=r" (val));
	return val;
}

X86_INLINE void
lcr3(uint32_t val)
{
	__asm__ volatile("movl %0, %%cr3" : : "r" (val) : "memory");
}

X86_INLINE uint32_t
rcr3(void)
{
	uint32_t val;

	__asm__ volatile("movl %%cr3, %0" : "=r" (val));
	return val;
}

X86_INLINE void
lcr4(uint32_t val)
{
	__asm__ volatile("movl %0, %%cr4" : : "r" (val) : "memory");
}

X86_INLINE uint32_t
rcr4(void)
{
	uint32_t val;

	__asm__ volatile("movl %%cr4, %0" : "=r" (val));
	return val;
}

X86_INLINE void
tlbflush(void)
{
	lcr3(rcr3());
}

// --------------------------------------------------- registers and the rest

X86_INLINE uint32_t
read_eflags(void)
{
	uint32_t eflags;

	__asm__ volatile("pushfl; popl %0" : "=r" (eflags) : : "memory");
	return eflags;
}

X86_INLINE void
write_eflags(uint32_t eflags)
{
	__asm__ volatile("pushl %0; popfl" : : "r" (eflags) : "memory", "cc");
}

X86_INLINE uint32_t
read_ebp(void)
{
	uint32_t ebp;

	__asm__ volatile("movl %%ebp, %0" : "=r" (ebp));
	return ebp;
}

X86_INLINE uint32_t
read_esp(void)
{
	uint32_t esp;

	__asm__ volatile("movl %%esp, %0" : "=r" (esp));
	return esp;
}

// Any of the result pointers may be NULL.
X86_INLINE void
cpuid(uint32_t info, uint32_t *eaxp, uint32_t *ebxp, uint32_t *ecxp,
	uint32_t *edxp)
{
	uint32_t eax, ebx, ecx, edx;

	__asm__ volatile("cpuid"
		: "=a" (eax), "=b" (ebx), "=c" (ecx), "=d" (edx)
		: "a" (info), "c" (0));
	if (eaxp)
		*eaxp = eax;
	if (ebxp)
		*ebxp = ebx;
	if (ecxp)
		*ecxp = ecx;
	if (edxp)
		*edxp = edx;
}

X86_INLINE uint64_t
read_tsc(void)
{
	uint64_t tsc;

	__asm__ volatile("rdtsc" : "=A" (tsc));
	return tsc;
}

// Store newval and return the old value, atomically.
X86_INLINE uint32_t
xchg(volatile uint32_t *addr, uint32_t newval)
{
	__asm__ volatile("lock xchgl %0, %1"
		: "+m" (*addr), "+r" (newval) : : "memory", "cc");
	return newval;
}

// Add delta and return the old value, atomically.
X86_INLINE uint32_t
xadd(volatile uint32_t *addr, uint32_t delta)
{
	__asm__ volatile("lock xaddl %1, %0"
		: "+m" (*addr), "+r" (delta) : : "memory", "cc");
	return delta;
}

// With CR4_SMAP, the kernel can read and write user pages only while AC is 1:
// stac sets AC, clac clears it.
X86_INLINE void
stac(void)
{
	__asm__ volatile("stac" : : : "memory", "cc");
}

X86_INLINE void
clac(void)
{
	__asm__ volatile("clac" : : : "memory", "cc");
}

// Tell the processor that this is a loop that waits for another CPU.
X86_INLINE void
pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}

// Enable interrupts and return when one has been handled.  sti takes effect
// only after the instruction that follows it, so none can come before hlt.
X86_INLINE void
wait_for_interrupt(void)
{
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

#endif // JOS_INC_X86_H
