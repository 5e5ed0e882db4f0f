// kern/dev/fwcfg.h - settings from QEMU's command line (-fw_cfg).

#ifndef JOS_KERN_DEV_FWCFG_H
#define JOS_KERN_DEV_FWCFG_H

#include <inc/types.h>

// Copy the item with that name to buf as a string, cut to size - 1 bytes.
// Returns the item's full length, or -E_NOT_FOUND: no such item, or not QEMU.
int fwcfg_string(const char *name, char *buf, size_t size);

#endif // JOS_KERN_DEV_FWCFG_H
