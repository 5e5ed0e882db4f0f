// ext/cowbad/explain.h - page faults in words.

#ifndef JOS_EXT_COWBAD_EXPLAIN_H
#define JOS_EXT_COWBAD_EXPLAIN_H

#include <inc/lib.h>

// From now on, before the program's page-fault handler gets a fault that is no
// copy-on-write, a line on the console says what the fault was.  To be called
// after the handler was set, by set_pgfault_handler or fork.
void explain_faults(void);

#endif // JOS_EXT_COWBAD_EXPLAIN_H
