// inc/linetab.h - the line table: from code addresses to source lines.
//
// Compilers leave this knowledge in the DWARF sections, which no loader
// brings into memory and which take long code to read.  tools/linetable reads
// them after linking and writes the few bytes a backtrace needs.  The
// kernel's table lies between __LINES_BEGIN__ and __LINES_END__, that of a
// program at USTABDATA; both look like this:
//
//      +-------------------+
//      | struct Linetab    |
//      +-------------------+
//      | struct Linefunc   |  one per function, by rising address
//      |   ...             |  lt_nfuncs of them
//      | struct Linefunc   |  and one more: where the last function ends
//      +-------------------+
//      | rows              |  lt_rowsize bytes
//      +-------------------+
//      | strings           |  up to lt_size, each ended by a NUL
//      +-------------------+
//
// A row says "from this address on, the code comes from this line", as two
// numbers: the step from the address before (at first lf_addr) and the step
// from the line before (at first 0).  A function's rows go from its lf_rows
// to that of the next Linefunc.  They speak of one file, lf_file, and of that
// function alone: code which an inline function left here counts for a line
// near by, mostly the one that called it.
//
// A number takes one byte for each seven bits, low bits first; bit 7 says
// that another byte follows.  Steps of lines go both ways, so their lowest
// bit is the sign:
//
//      line + n  ->  2n            line - n  ->  2n - 1
//
//      example: 10 bytes on, 3 lines down     0x0A 0x06
//               200 bytes on, 1 line up       0xC8 0x01 0x01

#ifndef JOS_INC_LINETAB_H
#define JOS_INC_LINETAB_H

#include <inc/types.h>

#define LINETAB_MAGIC	0x454E494CU	// "LINE", little endian

struct Linetab {
	uint32_t lt_magic;		// LINETAB_MAGIC
	uint32_t lt_size;		// bytes, from here to the last string
	uint32_t lt_nfuncs;		// functions, without the one at the end
	uint32_t lt_rowsize;		// bytes of all rows
};

struct Linefunc {
	uint32_t lf_addr;		// first instruction
	uint32_t lf_rows;		// first row: where, within the rows
	uint16_t lf_name;		// its name: where, within the strings
	uint16_t lf_file;		// its source file, likewise
};

_Static_assert(sizeof(struct Linetab) == 16, "tools/linetable writes this");
_Static_assert(sizeof(struct Linefunc) == 12, "tools/linetable writes this");

#endif // JOS_INC_LINETAB_H
