// ext/monitor/opcodes.h - the instructions that ext/monitor/disasm.c knows (SDM
// 2A; 2D, appendix A).
//
// A table has a line for each opcode: a name, and operands in AT&T's order.
//
//	E B H	what ModRM says: as long as the operation; a byte; a word
//	M P	the same: memory of whatever length; the target of a jump
//	G g	the register in the middle of ModRM; of a byte
//	R r	the register in the opcode's last three bits; of a byte
//	A a c	%eax or %ax; %al; %cl
//	I i s w	an immediate: as long as the operation; a byte; a byte that
//		is extended; a word
//	J j o	a target relative to the next instruction; by a byte; an
//		address
//	S C D	a register for segments, for control, for debugging
//
// Other operands stand for themselves.  In a name, #N stands for the name in
// group N by the middle of ModRM, ? for a condition, ~ for the letter of the
// length, and * for that letter if ModRM means memory.

#ifndef JOS_EXT_MONITOR_OPCODES_H
#define JOS_EXT_MONITOR_OPCODES_H

#include <inc/types.h>

static const char *const registers[] = {
	"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"
};
static const char *const byte_registers[] = {
	"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"
};
static const char *const segments[] = {
	"es", "cs", "ss", "ds", "fs", "gs", "?", "?"
};
static const char *const conditions[] = {
	"o", "no", "b", "ae", "e", "ne", "be", "a",
	"s", "ns", "p", "np", "l", "ge", "le", "g"
};

static const char *const groups[][8] = {
	{ "add", "or", "adc", "sbb", "and", "sub", "xor", "cmp" },
	{ "rol", "ror", "rcl", "rcr", "shl", "shr", "shl", "sar" },
	{ "test", "test", "not", "neg", "mul", "imul", "div", "idiv" },
	{ "inc", "dec" },
	{ NULL, NULL, NULL, NULL, "bt", "bts", "btr", "btc" },
	{ "sldt", "str", "lldt", "ltr", "verr", "verw" },
	{ "sgdtl", "sidtl", "lgdtl", "lidtl", NULL, NULL, NULL, "invlpg" },
	{ "fxsave", "fxrstor", "ldmxcsr", "stmxcsr" },
	{ "prefetchnta", "prefetcht0", "prefetcht1", "prefetcht2" },
	{ NULL, NULL, NULL, NULL, "frstor", NULL, "fnsave" },
};

static const char *const one_byte[256] = {
	[0x06] = "push %es", "pop %es", [0x0e] = "push %cs",
	[0x16] = "push %ss", "pop %ss", [0x1e] = "push %ds", "pop %ds",
	[0x40 ... 0x47] = "inc R", [0x48 ... 0x4f] = "dec R",
	[0x50 ... 0x57] = "push R", [0x58 ... 0x5f] = "pop R",
	[0x60] = "pusha", "popa",
	[0x68] = "push I", "imul I,E,G", "push s", "imul s,E,G",
	[0x6c] = "insb (%dx),%es:(%edi)", "ins~ (%dx),%es:(%edi)",
	[0x6e] = "outsb %ds:(%esi),(%dx)", "outs~ %ds:(%esi),(%dx)",
	[0x70 ... 0x7f] = "j? j",
	[0x80] = "#0* i,B", "#0* I,E", NULL, "#0* s,E",
	[0x84] = "test g,B", "test G,E", "xchg g,B", "xchg G,E",
	[0x88] = "mov g,B", "mov G,E", "mov B,g", "mov E,G",
	[0x8c] = "mov S,E", "lea M,G", "mov E,S", "pop E",
	[0x90] = "nop", [0x91 ... 0x97] = "xchg R,A",
	[0x98] = "cwtl", "cltd", [0x9b] = "fwait", "pushf", "popf",
	[0x9e] = "sahf", "lahf",
	[0xa0] = "mov o,a", "mov o,A", "mov a,o", "mov A,o",
	[0xa4] = "movsb %ds:(%esi),%es:(%edi)", "movs~ %ds:(%esi),%es:(%edi)",
	[0xa6] = "cmpsb %es:(%edi),%ds:(%esi)", "cmps~ %es:(%edi),%ds:(%esi)",
	[0xa8] = "test i,a", "test I,A",
	[0xaa] = "stos a,%es:(%edi)", "stos A,%es:(%edi)",
	[0xac] = "lods %ds:(%esi),a", "lods %ds:(%esi),A",
	[0xae] = "scas %es:(%edi),a", "scas %es:(%edi),A",
	[0xb0 ... 0xb7] = "mov i,r", [0xb8 ... 0xbf] = "mov I,R",
	[0xc0] = "#1* i,B", "#1* i,E", "ret w", "ret",
	[0xc6] = "mov* i,B", "mov* I,E", [0xc9] = "leave",
	[0xcb] = "lret", "int3", "int i", "into", "iret",
	[0xd0] = "#1* B", "#1* E", "#1* c,B", "#1* c,E",
	[0xdd] = "#9 M",
	[0xe3] = "jecxz j", "in i,a", "in i,A", "out a,i", "out A,i",
	[0xe8] = "call J", "jmp J", [0xeb] = "jmp j",
	[0xec] = "in (%dx),a", "in (%dx),A", "out a,(%dx)", "out A,(%dx)",
	[0xf4] = "hlt", "cmc", "#2* B", "#2* E",
	[0xf8] = "clc", "stc", "cli", "sti", "cld", "std", "#3* B",
};

// Behind 0x0f
static const char *const two_bytes[256] = {
	[0x00] = "#5 H", "#6 M", [0x06] = "clts", [0x08] = "invd", "wbinvd",
	[0x0b] = "ud2", [0x18] = "#8 M", [0x1f] = "nop* E",
	[0x20] = "mov C,E", "mov D,E", "mov E,C", "mov E,D",
	[0x30] = "wrmsr", "rdtsc", "rdmsr", [0x34] = "sysenter", "sysexit",
	[0x40 ... 0x4f] = "cmov? E,G", [0x80 ... 0x8f] = "j? J",
	[0x90 ... 0x9f] = "set? B",
	[0xa0] = "push %fs", "pop %fs", "cpuid", "bt G,E",
	[0xa4] = "shld i,G,E", "shld c,G,E",
	[0xa8] = "push %gs", "pop %gs", [0xab] = "bts G,E",
	[0xac] = "shrd i,G,E", "shrd c,G,E", "#7 M", "imul E,G",
	[0xb0] = "cmpxchg g,B", "cmpxchg G,E", [0xb3] = "btr G,E",
	[0xb6] = "movzb~ B,G", "movzwl H,G", [0xba] = "#4* i,E", "btc G,E",
	[0xbc] = "bsf E,G", "bsr E,G", "movsb~ B,G", "movswl H,G",
	[0xc0] = "xadd g,B", "xadd G,E", [0xc7] = "cmpxchg8b M",
	[0xc8 ... 0xcf] = "bswap R",
};

// The first opcodes: eight names, of group 0, with six kinds of operands
static const char *const arithmetic[6] = {
	"g,B", "G,E", "B,g", "E,G", "i,a", "I,A"
};

// ff, by the middle of ModRM
static const char *const jumps[8] = {
	"inc* E", "dec* E", "call P", "lcall P", "jmp P", "ljmp P", "push E"
};

// Whole instructions that fit in no pattern
static const struct {
	uint8_t length;
	uint8_t bytes[3];
	const char *text;
} whole[] = {
	{ 2, { 0xf3, 0x90 }, "pause" }, { 2, { 0x66, 0x90 }, "xchg %ax,%ax" },
	{ 3, { 0x0f, 0x01, 0xca }, "clac" },
	{ 3, { 0x0f, 0x01, 0xcb }, "stac" },
	{ 3, { 0x0f, 0xae, 0xe8 }, "lfence" },
	{ 3, { 0x0f, 0xae, 0xf0 }, "mfence" }, { 2, { 0xdb, 0xe3 }, "fninit" },
	{ 2, { 0xdb, 0xe2 }, "fnclex" }, { 2, { 0x66, 0x98 }, "cbtw" },
};

#endif // JOS_EXT_MONITOR_OPCODES_H
