// ext/calls.h - the numbers of the extensions' system calls.
//
// A number is given once, to an extension that says in its README.md what the
// call means.  Those of the plain kernel (inc/syscall.h) are below.

#ifndef JOS_EXT_CALLS_H
#define JOS_EXT_CALLS_H

enum {
	SYS_ext_first = 64,
	SYS_page_alloc_run,		// ext/pmm
	SYS_pmm,			// ext/pmm
	SYS_exception_upcall,		// ext/exceptions
	SYS_exec,			// ext/exec
};

// Scheduling, and ways into the kernel
enum {
	SYS_env_set_priority = 96,	// ext/priority
	SYS_env_get_priority = 97,	// ext/priority
	SYS_env_set_share = 98,		// ext/stride
	SYS_env_get_time = 99,		// ext/stride
	SYS_fork = 100,			// ext/sysfork
	SYS_batch = 101,		// ext/batch
	SYS_entries = 102,		// ext/entries
	SYS_sysenter = 103,		// ext/sysenter
};

enum {					// ext/shell
	SYS_exit_status = 112,
	SYS_status_of,
	SYS_env_kill,
	SYS_env_name,
};

enum {					// ext/checkpoint
	SYS_page_next = 120,
	SYS_env_copy_state,
};

enum {
	SYS_pager = 128,		// ext/mmap
};

#endif // JOS_EXT_CALLS_H
