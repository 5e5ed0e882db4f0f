// kern/dev/power.h - switching the machine off.

#ifndef JOS_KERN_DEV_POWER_H
#define JOS_KERN_DEV_POWER_H

// Leave the machine; under QEMU, with this exit status (0 to 127).
void poweroff(int status) __attribute__((noreturn));

#endif // JOS_KERN_DEV_POWER_H
