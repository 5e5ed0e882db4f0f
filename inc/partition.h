// inc/partition.h - the PC's partition table, in the last bytes of sector 0.

#ifndef JOS_INC_PARTITION_H
#define JOS_INC_PARTITION_H

#include <inc/types.h>

#define PTABLE_OFFSET		446	// of four struct Partitiondesc
#define PTABLE_MAGIC_OFFSET	510
#define PTABLE_MAGIC		"\x55\xAA"

#define PTYPE_JOS_KERN		0x27
#define PTYPE_JOSFS		0x28

struct Partitiondesc {
	uint8_t boot;
	uint8_t chs_begin[3];
	uint8_t type;			// PTYPE_
	uint8_t chs_end[3];
	uint32_t lba_start;		// sectors
	uint32_t lba_length;
};

_Static_assert(sizeof(struct Partitiondesc) == 16, "on disk");

#endif // JOS_INC_PARTITION_H
