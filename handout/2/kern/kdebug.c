// kern/kdebug.c - finds the source line and function of an address.
//
// inc/linetab.h draws the table searched here, which is part of the kernel.
// Nothing in it is trusted: every offset is compared with the bounds.
//
// Entry point: debuginfo_eip.
