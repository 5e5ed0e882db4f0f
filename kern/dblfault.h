// kern/dblfault.h - a fault while the processor enters a fault.

#ifndef JOS_KERN_DBLFAULT_H
#define JOS_KERN_DBLFAULT_H

#include <inc/types.h>

void dblfault_init(void);		// after trap_init
void dblfault(uint32_t err) __attribute__((noreturn));

#endif // JOS_KERN_DBLFAULT_H
