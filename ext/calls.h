// ext/calls.h - the numbers of the extensions' system calls.
//
// Those of the plain kernel (inc/syscall.h) are below.  An extension says in its
// README.md what its calls mean.

#ifndef JOS_EXT_CALLS_H
#define JOS_EXT_CALLS_H

enum {
	SYS_ext_first = 64,
	SYS_batch,			// ext/batch
	SYS_page_next,			// ext/checkpoint
	SYS_env_copy_state,		// ext/checkpoint
	SYS_entries,			// ext/entries
	SYS_exception_upcall,		// ext/exceptions
	SYS_exec,			// ext/exec
	SYS_pager,			// ext/mmap
	SYS_page_alloc_run,		// ext/pmm
	SYS_pmm,			// ext/pmm
	SYS_env_set_priority,		// ext/priority
	SYS_env_get_priority,		// ext/priority
	SYS_exit_status,		// ext/shell
	SYS_status_of,			// ext/shell
	SYS_env_kill,			// ext/shell
	SYS_env_name,			// ext/shell
	SYS_env_set_share,		// ext/stride
	SYS_env_get_time,		// ext/stride
	SYS_sysenter,			// ext/sysenter
	SYS_fork,			// ext/sysfork
};

#endif // JOS_EXT_CALLS_H
