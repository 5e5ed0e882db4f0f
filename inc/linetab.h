// inc/linetab.h - the line table: from code addresses to source lines.
//
// A backtrace needs it.  Compilers put the same facts into DWARF sections, but
// no loader brings those into memory, and they take much code to read.  So
// tools/linetable reads them after linking and writes this short table.  The
// kernel's lies between __LINES_BEGIN__ and __LINES_END__, a program's at
// USTABDATA; both look like this:
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
// numbers: the step from the previous row's address (at first lf_addr) and the
// step from the previous row's line (at first 0).  A function's rows go from
// its lf_rows to the lf_rows of the next Linefunc.  All its lines are in one
// file, lf_file: the code of an inlined function counts for a line near by,
// mostly the line of the call.
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
	uint32_t lf_rows;		// offset of its first row in the rows
	uint16_t lf_name;		// offset of its name in the strings
	uint16_t lf_file;		// offset of its file's name there
};

_Static_assert(sizeof(struct Linetab) == 16, "tools/linetable writes this");
_Static_assert(sizeof(struct Linefunc) == 12, "tools/linetable writes this");

#endif // JOS_INC_LINETAB_H
