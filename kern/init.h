// kern/init.h - start-up (kern/init.c).

#ifndef JOS_KERN_INIT_H
#define JOS_KERN_INIT_H

void i386_init(void) __attribute__((noreturn));	// called by entry.S
void mp_main(void) __attribute__((noreturn));	// called by mpentry.S
void boot_aps(void);
void test_backtrace(int x);

extern void *mpentry_kstack;

#endif // JOS_KERN_INIT_H
