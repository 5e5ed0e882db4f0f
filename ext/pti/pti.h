// ext/pti/pti.h - what nmis asks a kernel with plain.patch.

#ifndef JOS_EXT_PTI_H
#define JOS_EXT_PTI_H

// An operation of sys_debug: send CPU arg an NMI.
#define DEBUG_NMI	101

#endif // JOS_EXT_PTI_H
