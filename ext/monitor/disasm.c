// ext/monitor/disasm.c - a disassembler, in AT&T's notation.
//
// It knows what compilers use for a kernel and its programs, and no more; the
// tables are in ext/monitor/opcodes.h.
//
// Entry point: mon_disasm.

#include <inc/memlayout.h>
#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/trap.h>

#include <ext/monitor/commands.h>
#include <ext/monitor/opcodes.h>
#include <kern/kdebug.h>

#define MOST		15		// bytes of an instruction
#define OPERANDS	3		// of an instruction, at most
#define OPERAND		80		// bytes of text
#define SOME		32		// bytes, if no LAST is given

// An instruction that is being read
struct Code {
	uint8_t bytes[MOST + 16];	// zeros behind the last that is there
	uint32_t va;
	const uint8_t *p;		// what to read next
	const char *segment, *repeat;	// from prefixes, or NULL
	int length;			// of operands: 2 or 4 bytes
	uint8_t opcode, modrm;
	char *out;			// where to write text, and how much
	size_t room;
};

#define PUT(c, ...) do {						\
	int n_ = snprintf((c)->out, (c)->room, __VA_ARGS__);		\
	(c)->out += n_;							\
	(c)->room -= n_;						\
} while (0)

// The next value of so many bytes, extended by its sign
static int32_t
get(struct Code *c, int length)
{
	uint32_t value = 0;

	for (int i = 0; i < length; i++)
		value |= (uint32_t) *c->p++ << 8 * i;
	return length == 1 ? (int8_t) value
		: length == 2 ? (int16_t) value : (int32_t) value;
}

static void
put_register(struct Code *c, int number, int length)
{
	PUT(c, "%%%s", length == 1 ? byte_registers[number]
		: registers[number] + (length == 2));
}

static void
put_memory(struct Code *c)
{
	const int mod = c->modrm >> 6;
	int base = c->modrm & 7, index = 4, scale = 0;
	bool sib = base == 4;

	if (sib) {
		const uint8_t byte = *c->p++;

		base = byte & 7;
		index = byte >> 3 & 7;
		scale = byte >> 6;
	}

	const bool absolute = mod == 0 && base == 5;
	const int32_t at = get(c, absolute || mod == 2 ? 4 : mod);

	if (c->segment)
		PUT(c, "%%%s:", c->segment);
	if (absolute && !sib) {
		PUT(c, "0x%x", at);
		return;
	}
	if (absolute || mod != 0)
		PUT(c, "%s0x%x", at < 0 ? "-" : "",
			at < 0 ? -(uint32_t) at : (uint32_t) at);
	PUT(c, "(");
	if (!absolute)
		put_register(c, base, 4);
	if (index != 4)
		PUT(c, ",%%%s,%d", registers[index], 1 << scale);
	else if (sib && (base != 4 || scale != 0))
		PUT(c, ",%%eiz,%d", 1 << scale);
	PUT(c, ")");
}

static void
put_target(struct Code *c, int32_t distance)
{
	const uint32_t to = c->va + (c->p - c->bytes) + distance;
	struct Eipdebuginfo info;

	PUT(c, "%x", to);
	if (to >= KERNBASE && debuginfo_eip(to, &info) == 0)
		PUT(c, " <%.*s+0x%x>", info.eip_fn_namelen, info.eip_fn_name,
			to - info.eip_fn_addr);
}

static void
put_operand(struct Code *c, char kind)
{
	const int middle = c->modrm >> 3 & 7, low = c->opcode & 7;
	const uint32_t mask = c->length == 2 ? 0xffff : ~0u;

	switch (kind) {
	case 'P':
		PUT(c, "*");
		// FALLTHROUGH
	case 'E': case 'B': case 'H': case 'M':
		if (c->modrm >> 6 == 3)
			put_register(c, c->modrm & 7, kind == 'B' ? 1
				: kind == 'H' ? 2 : c->length);
		else
			put_memory(c);
		break;
	case 'G': put_register(c, middle, c->length); break;
	case 'g': put_register(c, middle, 1); break;
	case 'R': put_register(c, low, c->length); break;
	case 'r': put_register(c, low, 1); break;
	case 'A': put_register(c, 0, c->length); break;
	case 'a': put_register(c, 0, 1); break;
	case 'c': put_register(c, 1, 1); break;
	case 'I': PUT(c, "$0x%x", get(c, c->length) & mask); break;
	case 'i': PUT(c, "$0x%x", get(c, 1) & 0xff); break;
	case 's': PUT(c, "$0x%x", get(c, 1) & mask); break;
	case 'w': PUT(c, "$0x%x", get(c, 2) & 0xffff); break;
	case 'J': put_target(c, get(c, 4)); break;
	case 'j': put_target(c, get(c, 1)); break;
	case 'o':
		PUT(c, "%s%s%s0x%x", c->segment ? "%" : "", c->segment
			? c->segment : "", c->segment ? ":" : "", get(c, 4));
		break;
	case 'S': PUT(c, "%%%s", segments[middle]); break;
	case 'C': PUT(c, "%%cr%d", middle); break;
	case 'D': PUT(c, "%%db%d", middle); break;
	}
}

// Put the name that a table has, up to a space.  Returns false if the group has
// none.
static bool
put_name(struct Code *c, const char *line, bool bytes)
{
	const char letter = c->length == 2 ? 'w' : 'l';

	for (; *line && *line != ' '; line++)
		if (*line == '#') {
			const char *name =
				groups[*++line - '0'][c->modrm >> 3 & 7];

			if (!name)
				return false;
			PUT(c, "%s", name);
		} else if (*line == '?') {
			PUT(c, "%s", conditions[c->opcode & 15]);
		} else if (*line == '~') {
			PUT(c, "%c", letter);
		} else if (*line == '*' && c->modrm >> 6 != 3) {
			PUT(c, "%c", bytes ? 'b' : letter);
		} else if (*line != '*') {
			PUT(c, "%c", *line);
		}
	return true;
}

// Read prefixes.
static void
read_prefixes(struct Code *c)
{
	for (;; c->p++)
		switch (*c->p) {
		case 0x26: c->segment = "es"; break;
		case 0x2e: c->segment = "cs"; break;
		case 0x36: c->segment = "ss"; break;
		case 0x3e: c->segment = "ds"; break;
		case 0x64: c->segment = "fs"; break;
		case 0x65: c->segment = "gs"; break;
		case 0x66: c->length = 2; break;
		case 0xf0: c->repeat = "lock"; break;
		case 0xf2: c->repeat = "repnz"; break;
		case 0xf3: c->repeat = "repz"; break;
		default: return;
		}
}

// Read the opcode and ModRM, if there is one.  Returns the line of the tables,
// with room for it in buf; NULL if they have none.
static const char *
read_opcode(struct Code *c, char *buf, size_t size)
{
	const char *line;
	const bool two = *c->p == 0x0f;

	c->p += two;
	c->opcode = *c->p++;
	c->modrm = *c->p;
	line = two ? two_bytes[c->opcode] : one_byte[c->opcode];
	if (!two && c->opcode < 0x40 && (c->opcode & 7) < 6) {
		snprintf(buf, size, "%s %s", groups[0][c->opcode >> 3],
			arithmetic[c->opcode & 7]);
		line = buf;
	} else if (!two && c->opcode == 0xff) {
		line = jumps[c->modrm >> 3 & 7];
	} else if (!two && (c->opcode & 0xfe) == 0xf6 && !(c->modrm & 0x30)) {
		line = c->opcode & 1 ? "test* I,E" : "test* i,B";
	} else if (two && c->opcode == 0x00 && !(c->modrm & 0x30)) {
		line = "#5 E";		// sldt, str
	} else if (two && (c->opcode & 0xfe) == 0xbc && c->repeat) {
		c->repeat = NULL;
		line = c->opcode & 1 ? "lzcnt E,G" : "tzcnt E,G";
	}
	return line;
}

// Put operands, which a table has behind the name, into `operand', and count
// them.  What belongs to ModRM comes before immediates, and so AT&T's order is
// read from its end.
static int
read_operands(struct Code *c, const char *line, char operand[][OPERAND])
{
	const char *start[OPERANDS];
	int n = 0;

	for (const char *s = strfind(line, ' '); *s; s = strfind(s + 1, ','))
		start[n++] = s + 1;
	for (int i = n; i-- > 0; ) {
		c->out = operand[i];
		c->room = OPERAND;
		if (*start[i] == '%' || *start[i] == '(')
			PUT(c, "%.*s", (int) (strfind(start[i], ',')
				- start[i]), start[i]);
		else
			put_operand(c, *start[i]);
	}
	return n;
}

// Has the line an operand, or the name of a group, for which there is a ModRM?
static bool
has_any(const char *line, const char *kinds)
{
	bool any = false;

	for (const char *s = strfind(line, ' '); *s; s = strfind(s + 1, ','))
		any = any || *strfind(kinds, s[1]) != '\0';
	return any;
}

// A string instruction that repz repeats whatever it finds is written with rep.
static bool
is_plain_string(const char *line)
{
	return strncmp(line, "movs", 4) == 0 || strncmp(line, "stos", 4) == 0
		|| strncmp(line, "lods", 4) == 0 || strncmp(line, "ins", 3) == 0
		|| strncmp(line, "outs", 4) == 0;
}

// Put the text of the instruction at c->va.  Returns its length.
static int
disassemble(struct Code *c, char *text, size_t size)
{
	char buf[16], operand[OPERANDS][OPERAND];

	c->p = c->bytes;
	c->length = 4;
	c->segment = c->repeat = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (memcmp(c->p, whole[i].bytes, whole[i].length) == 0) {
			strlcpy(text, whole[i].text, size);
			return whole[i].length;
		}
	read_prefixes(c);

	const char *line = read_opcode(c, buf, sizeof(buf));

	if (line && (*line == '#' || has_any(line, "EBHMPGgSCD")))
		c->p++;

	const int n = line ? read_operands(c, line, operand) : 0;

	c->out = text;
	c->room = size;
	if (c->repeat)
		PUT(c, "%s ", line && is_plain_string(line)
			? "rep" : c->repeat);
	if (!line || !put_name(c, line, has_any(line, "B"))) {
		snprintf(text, size, "(bad)");
		return 1;
	}
	for (int i = 0; i < n; i++)
		PUT(c, "%s%s", i == 0 ? " " : ",", operand[i]);
	return c->p - c->bytes;
}

// Take the bytes at va, as far as they are mapped.  Returns how many those are.
static int
take_bytes(struct Code *c, uint32_t va)
{
	int n = 0;

	memset(c->bytes, 0, sizeof(c->bytes));
	for (c->va = va; n < MOST && place_of(va + n).mapped; n++)
		c->bytes[n] = *(const uint8_t *) (va + n);
	return n;
}

int
mon_disasm(int argc, char **argv, struct Trapframe *tf)
{
	struct Range r = { 0, 0 };
	struct Code c;
	char text[128];

	if (argc == 1 && tf)
		r = (struct Range) { tf->tf_eip, tf->tf_eip + SOME };
	else if (!read_range(argc, argv, SOME, &r))
		return 0;
	for (uint32_t va = r.first;;) {
		const int n = take_bytes(&c, va);

		if (n == 0) {
			cprintf("%08x  not mapped\n", va);
			return 0;
		}
		const int length = disassemble(&c, text, sizeof(text));

		cprintf("%08x  %s\n", va, text);
		if (r.last - va < (uint32_t) length)
			return 0;
		va += length;
	}
}
