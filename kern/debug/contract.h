// kern/debug/contract.h - do functions keep their contracts?  (The monitor's
// command contracts.)
//
// What a check prints is described in user/check/check.h.

#ifndef JOS_KERN_DEBUG_CONTRACT_H
#define JOS_KERN_DEBUG_CONTRACT_H

#include <inc/types.h>

// From here on, look at that function; place says where its contract stands.
void look_at(const char *function, const char *place);

// Count; and say what is wrong unless ok.
void expect(bool ok, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

// Call f(arg).  Returns NULL if it returned; if it panicked, the message.  What
// f had changed up to the panic stays.
const char *panic_of(void (*f)(void *arg), void *arg);

// The checks.  Those of a later lab need not be there.
#define CONTRACT(name)	void name(void) __attribute__((weak))
CONTRACT(contract_print);
CONTRACT(contract_symbols);
CONTRACT(contract_frames);
CONTRACT(contract_boot);
CONTRACT(contract_pages);
CONTRACT(contract_tables);
CONTRACT(contract_kernel_map);
CONTRACT(contract_envs);
CONTRACT(contract_gates);
CONTRACT(contract_usermem);
CONTRACT(contract_second);
CONTRACT(contract_mmio);
CONTRACT(contract_cpus);
CONTRACT(contract_irqs);
CONTRACT(contract_faults);

// Between these two, no page is free but those that a check frees
// (contract_memory.c).
void hide_pages(void);
void show_pages(void);

#endif // JOS_KERN_DEBUG_CONTRACT_H
