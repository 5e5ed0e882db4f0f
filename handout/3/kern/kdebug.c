// kern/kdebug.c - finds the source line and function of an address.
//
// inc/linetab.h draws the tables searched here.  The kernel's table is part of
// the kernel.  A program's table is memory that the program can change.  So
// nothing in a table is trusted: every offset is compared with the bounds, every
// loop uses up bytes or halves a range, and strings are copied before they are
// printed.  USER_TABLE_MAX and ROWS_MAX limit a search to some 20,000
// instructions, whatever the table holds.
//
// Entry point: debuginfo_eip.
