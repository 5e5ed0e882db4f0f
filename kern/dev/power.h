// kern/dev/power.h - switches the machine off.

#ifndef JOS_KERN_DEV_POWER_H
#define JOS_KERN_DEV_POWER_H

// Switch the machine off, and pass status (0 to 127) to QEMU.
void poweroff(int status) __attribute__((noreturn));

#endif // JOS_KERN_DEV_POWER_H
