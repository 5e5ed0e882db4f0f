# conf/handout.pm - what the students of each lab get, for tools/handout.
#
# `never` and `since` say which files: patterns for paths, * for any part of a
# name, and for all of a folder where a name ends in /.  Nobody gets `never`;
# what is in `since` comes with the lab that it is listed for.
#
# `places` are the student places: what the exercises ask for.  Each row is one
# place: `function` in `file`, for exercise `ex` of `lab`.  The text of `gap`, or
# each text of a list, is the student's, and stands once in the function (in the
# file, if there is no `function`); or what stands there between `from` and
# `upto`, these included, or the function's end; without all these, the whole
# body.  In its place comes a comment, with the lines of `hint`, and `stub`, what
# the place does as long as nothing is written there: a body without a stub
# panics.  `early` is what stands there in the trees of earlier labs, if those
# need something else.  `answer` names functions that only the solution calls,
# and which go with it.
#
# `tools/handout -l` looks whether files and texts stand as written here.

my $cases = 'A case for each system call.';

return {
# Answers, and what only those need who make the course
never => [qw(.ci/ CODING README.md conf/bench.tsv conf/handout.pm
    docs/ tests/ tools/bench* tools/cover* tools/explore tools/fuzz
    tools/handout tools/matrix tools/profile* tools/repeat tools/soak
    tools/class tools/course/ tools/gradescope tools/grade-submission
    tools/lib/Confine.pm tools/lib/Submission.pm tools/unpack)],
since => {
    1 => [qw(fs/Makefrag user/Makefrag user/user.ld)],
    2 => [qw(grade-lab2 kern/debug/contract_memory.c)],
    3 => [qw(grade-lab3 kern/debug/contract_env.c user/), map "lib/$_", qw(args.c calls.c console.c
	duppages.c entry.S exit.c fd.c file.c fork.c fprintf.c ipc.c libmain.c
	pageref.c panic.c pfentry.S pgfault.c pipe.c printf.c spawn.c syscall.c
	vm.c wait.c)],
    4 => [qw(grade-lab4), map("user/$_.c", qw(idle yield dumbfork stresssched
	faultdie faultregs faultalloc faultallocbad faultnostack
	faultbadhandler faultevilhandler forktree sendpage spin fairness
	pingpong pingpongs primes)), map("user/check/$_", qw(callerrors.c
	children.c cpus.c forks.c gates.c handlers.c ipclib.c messages.c
	nomem.c pagecalls.c panic.h spurious.c thread.h turns.c upcalls.c)),
	qw(kern/debug/contract_smp.c)],
    5 => [qw(grade-lab5 fs/), map "user/$_.c", qw(cat echo faultio icode init
	initsh ls lsfd num poweroff primespipe sh spawnfaultio spawnhello
	spawninit testfdsharing testfile testkbd testmalloc testpipe
	testpiperace testpiperace2 testptelibrary testpteshare testshell
	writemotd check/file check/keys check/share check/shell
	check/trapframe)],
},
# Files that later labs' students write, and that have tests of this lab in them
tests => { 1 => [qw(kern/init.c)] },
# Points for what is handed out as it is
floor => { 1 => 0, 2 => 0, 3 => 0, 4 => 0, 5 => 20 },
# Points for the first exercises of a lab, when a part of it ends: exercise,
# points
part => { 3 => [4, 30], 4 => [7, 15] },
places => [
# ------------------------------------------------------------------------ lab 1
{ lab => 1, ex => 8, file => 'lib/printfmt.c', function => 'vprintfmt',
    gap => "num = getuint(&ap, lflag);\n\t\t\tbase = 8;\n\t\t\tgoto number;",
    stub => "put(&to, 'X');\nbreak;",
    hint => 'Print octal numbers as the cases around this one print theirs.' },
{ lab => 1, ex => '11 and 12', file => 'kern/monitor.c',
    function => 'mon_backtrace', stub => 'return 0;',
    answer => [qw(print_frames)],
    hint => "Follow the saved frame pointers, from read_ebp() to the 0 of\n" .
	'kern/entry.S; debuginfo_eip says where an address is.' },
{ lab => 1, ex => 12, file => 'kern/monitor.c',
    gap => qq(\t{ "backtrace", "Display the function calls that led here",\n) .
	"\t\tmon_backtrace },", hint => 'A row for the command backtrace.' },
{ lab => 1, ex => 12, file => 'kern/kdebug.c', function => 'debuginfo_eip',
    gap => 'info->eip_line = lines_line(&table, f, addr);',
    answer => [qw(lines_line read_number)],
    hint => 'Find the line of addr in the rows of function f.' },

# ------------------------------------------------------------------------ lab 2
{ lab => 2, ex => 1, file => 'kern/pmap.c', function => 'boot_alloc',
    from => "\tconst uintptr_t limit =", },
{ lab => 2, ex => 1, file => 'kern/pmap.c', function => 'mem_init',
    gap => "const size_t pages_size = ROUNDUP(npages * sizeof(*pages), " .
	"PGSIZE);\n\tpages = boot_alloc(pages_size);\n" .
	"\tmemset(pages, 0, pages_size);",
    stub => 'panic("LAB 2: mem_init is not written yet");',
    hint => 'Allocate pages[], npages of them, and fill it with zeros.' },
{ lab => 2, ex => 5, file => 'kern/pmap.c', function => 'mem_init',
    gap => 'boot_map_region(kern_pgdir, UPAGES, pages_size, ' .
	'PADDR(pages), PTE_U);',
    hint => 'Map pages[] at UPAGES, for everybody to read.' },
{ lab => 2, ex => 5, file => 'kern/pmap.c', function => 'mem_init',
    gap => 'boot_map_region(kern_pgdir, KERNBASE, MAXPHYSMEM, 0, PTE_W);',
    hint => 'Map all physical memory at KERNBASE, for the kernel alone.' },
{ lab => 2, ex => 1, file => 'kern/pmap.c', function => 'page_init',
    answer => [qw(free_range)],
    hint => "Which pages are in use already?  Page 0, all from\n" .
	"npages_basemem to EXTPHYSMEM, and what boot_alloc has taken;\n" .
	"and if acpi_tables_start is above that, all from there on." },
(map +{ lab => 2, ex => 1, file => 'kern/pmap.c', function => $_ },
    qw(page_alloc page_free)),
(map +{ lab => 2, ex => 4, file => 'kern/pmap.c', function => $_ },
    qw(pgdir_walk boot_map_region page_insert page_lookup page_remove)),
{ lab => 2, ex => 5, file => 'kern/pmap.c', function => 'mem_init_mp' },

# ------------------------------------------------------------------------ lab 3
{ lab => 3, ex => 1, file => 'kern/pmap.c', function => 'mem_init',
    gap => "const size_t envs_size = ROUNDUP(NENV * sizeof(*envs), PGSIZE);\n" .
	"\tenvs = boot_alloc(envs_size);\n\tmemset(envs, 0, envs_size);",
    stub => 'panic("LAB 3: mem_init does not make envs[] yet");',
    hint => 'Allocate envs[], NENV of them, and fill it with zeros.' },
{ lab => 3, ex => 1, file => 'kern/pmap.c', function => 'mem_init',
    gap => 'boot_map_region(kern_pgdir, UENVS, envs_size, PADDR(envs), PTE_U);',
    hint => 'Map envs[] at UENVS, for everybody to read.' },
{ lab => 3, ex => 2, file => 'kern/env.c', function => 'env_init',
    from => "\tfor (int i = NENV - 1;", upto => "\t}\n" },
{ lab => 3, ex => 2, file => 'kern/env.c', function => 'env_setup_vm',
    from => "\tp->pp_ref++;",
    upto => "(NPDENTRIES - PDX(UTOP)) * sizeof(pde_t));\n",
    stub => 'panic("LAB 3: env_setup_vm is not written yet");',
    hint => "Count a reference to p, set e->env_pgdir, and copy what\n" .
	"kern_pgdir has from UTOP on." },
{ lab => 3, ex => 2, file => 'kern/env.c', function => 'region_alloc' },
{ lab => 3, ex => 2, file => 'kern/env.c', function => 'load_icode',
    hint => "The functions above, and those in inc/elf.h, say what is bad.\n" .
	"The program's addresses are there while e's directory is loaded." },
{ lab => 3, ex => 2, file => 'kern/env.c', function => 'env_create' },
{ lab => 3, ex => 2, file => 'kern/env.c', function => 'env_run',
    hint => "switch_to, unless e is curenv; then e is ENV_RUNNING.  Last,\n" .
	"give up the kernel lock, which trap() takes (unlock_kernel), and\n" .
	"load e's registers." },
{ lab => 3, ex => '4 and 7', file => 'kern/trapentry.S',
    from => "\tTRAPHANDLER_NOEC(trap_divide", upto => "\n\n",
    hint => 'A stub for each exception.  Which ones push an error code?' },
{ lab => 3, ex => 7, file => 'kern/trapentry.S',
    gap => 'TRAPHANDLER_NOEC(trap_syscall, T_SYSCALL)',
    hint => 'A stub for system calls.' },
{ lab => 3, ex => 4, file => 'kern/trapentry.S', function => '_alltraps',
    from => "\tpushl\t%ds", upto => "call\ttrap\n" },
{ lab => 3, ex => '4 and 7', file => 'kern/trap.c', function => 'trap_init',
    from => "\tfor (const struct Vector", upto => "3 : 0);\n",
    answer => [qw(for_programs)],
    hint => 'A gate for each stub; which ones may programs use?' },
{ lab => 3, ex => '5 to 7', file => 'kern/trap.c',
    function => 'trap_dispatch',
    from => "\tcase T_PGFLT:", upto => "r->reg_edi, r->reg_esi);\n\t\treturn;\n",
    hint => 'Page faults, breakpoints, system calls.' },
{ lab => 3, ex => 7, file => 'kern/syscall.c', function => 'syscall',
    from => "\tcase SYS_cputs:", upto => "return sys_env_destroy(a1);\n",
    hint => "A case for each system call of lab 3: sys_cputs, or for\n" .
	"more than CPUTS_WHOLE bytes cputs_long; sys_cgetc, sys_getenvid,\n" .
	"sys_env_destroy." },
{ lab => 3, ex => 8, file => 'lib/libmain.c', function => 'libmain',
    gap => 'thisenv = &envs[ENVX(sys_getenvid())];',
    stub => 'thisenv = NULL;' },
{ lab => 3, ex => 9, file => 'kern/trap.c', function => 'page_fault_handler',
    from => "\tif (!from_user(tf)) {", upto => "\t}\n",
    hint => "A page fault in the kernel is a bug: print tf, let\n" .
	"guard_page_fault say what it knows, and panic." },
{ lab => 3, ex => 9, file => 'kern/pmap.c', function => 'user_mem_check',
    stub => 'return -E_FAULT;', hint => 'Backtraces ask, too.' },
{ lab => 3, ex => 9, file => 'kern/syscall.c', function => 'sys_cputs',
    gap => 'user_mem_assert(curenv, s, len, PTE_U);' },
{ lab => 3, ex => 9, file => 'kern/kdebug.c', function => 'debuginfo_eip',
    from => "\t\tif (!env_is_loaded(curenv)", upto => "-E_FAULT;\n",
    hint => 'For env_is_loaded(curenv) only; else return -E_FAULT.' },
{ lab => 3, ex => 9, file => 'kern/kdebug.c', function => 'debuginfo_eip',
    from => "\t\tif (limit > USER_TABLE_MAX", upto => "-E_FAULT;\n",
    hint => 'At most USER_TABLE_MAX bytes.' },

# ------------------------------------------------------------------------ lab 4
{ lab => 4, ex => 1, file => 'kern/pmap.c', function => 'mmio_map_region',
    from => "\tconst size_t offset = PGOFF(pa);" },
{ lab => 4, ex => 2, file => 'kern/pmap.c', function => 'page_init',
    gap => "PGNUM(MPENTRY_PADDR),\t// other CPUs start there\n" .
	"\t\tPGNUM(MPENTRY_PADDR) + 1," ,
    hint => 'The page at MPENTRY_PADDR is in use.' },
{ lab => 4, ex => 4, file => 'kern/trap.c', function => 'trap_init_percpu',
    gap => ['int me = cpunum();',
	'ts->ts_esp0 = KSTACKTOP - me * (KSTKSIZE + KSTKGAP);'],
    stub => ['int me = 0;', 'ts->ts_esp0 = KSTACKTOP;'],
    hint => 'This is right for the first CPU only.' },
{ lab => 4, ex => 5, file => 'kern/init.c', function => 'i386_init',
    gap => "lock_kernel();\t\t// held until the first env_run",
    hint => 'Take the kernel lock.',
    early => "lock_kernel();\t\t// held until the first env_run" },
{ lab => 4, ex => '5 and 6', file => 'kern/init.c', function => 'mp_main',
    gap => "lock_kernel();\n\tsched_yield();",
    stub => "for (;;)\n\tpause();",
    hint => 'Take the kernel lock, and look for work.' },
{ lab => 4, ex => 5, file => 'kern/env.c', function => 'env_run',
    gap => 'unlock_kernel();', early => 'unlock_kernel();',
    hint => 'Give up the kernel lock.' },
{ lab => 4, ex => 6, file => 'kern/sched.c', function => 'sched_yield',
    stub => 'sched_halt();',
    hint => "Start one CPU only until exercise 13 is written, too: CPUs\n" .
	'that wait let interrupts in, and these would have no gates.',
    early => "// There is one environment.\n" .
	"if (envs->env_status == ENV_RUNNABLE\n" .
	"    || envs->env_status == ENV_RUNNING)\n" .
	"\tenv_run(envs);\nsched_halt();" },
(map +{ lab => 4, ex => 7, file => 'kern/syscall.c', function => $_ },
    qw(sys_exofork sys_env_set_status sys_page_alloc sys_page_map
    sys_page_unmap)),
{ lab => 4, ex => 8, file => 'kern/syscall.c',
    function => 'sys_env_set_pgfault_upcall' },
{ lab => 4, ex => '6 to 8', file => 'kern/syscall.c', function => 'syscall',
    from => "\tcase SYS_page_alloc:",
    upto => "return sys_env_set_status(a1, a2);\n",
    hint => "$cases  exofork calls sys_exofork." },
{ lab => 4, ex => '8 and 15', file => 'kern/syscall.c', function => 'syscall',
    from => "\tcase SYS_env_set_pgfault_upcall:",
    upto => "sys_ipc_recv((void *) a1);\n",
    hint => "$cases  ipc_try_send calls\nsys_ipc_try_send.  " .
	"sys_ipc_recv is for when ipc_take finds no message." },
{ lab => 4, ex => 9, file => 'kern/trap.c', function => 'page_fault_handler',
    from => "\tuintptr_t top = on_exception_stack", stub => 'env_destroy(e);',
    answer => [qw(on_exception_stack)],
    hint => 'Go to the upcall, with a UTrapframe on the exception stack.' },
{ lab => 4, ex => 10, file => 'lib/pfentry.S', function => '_pgfault_upcall',
    from => "\tmovl\tUTF_EIP(%esp)", upto => "\tret\n", stub => 'ud2',
    hint => 'Steps 2 to 5 above.' },
{ lab => 4, ex => 11, file => 'lib/pgfault.c',
    function => 'set_pgfault_handler',
    from => "\t\tif ((r = sys_page_alloc(", upto => ": %e\", r);\n",
    stub => 'panic("LAB 4: set_pgfault_handler is not written yet");' },
(map +{ lab => 4, ex => 12, file => 'lib/fork.c', function => $_ },
    qw(pgfault duppage fork)),
{ lab => 4, ex => 13, file => 'kern/env.c', function => 'env_alloc',
    gap => 'e->env_tf.tf_eflags = FL_IF;',
    hint => 'Programs run with interrupts on.' },
{ lab => 4, ex => 13, file => 'kern/trapentry.S',
    from => "\tTRAPHANDLER_NOEC(irq_timer", upto => "IRQ_OFFSET + 15)\n",
    hint => 'A stub for each interrupt of the 8259s.' },
{ lab => 4, ex => 14, file => 'kern/trap.c', function => 'trap_dispatch',
    from => "\tcase IRQ_OFFSET + IRQ_TIMER:", upto => "is over\n",
    hint => 'The clock: acknowledge it with lapic_eoi; this turn is over.' },
(map +{ lab => 4, ex => 15, file => $_->[0], function => $_->[1] },
    ['kern/syscall.c', 'sys_ipc_try_send'], ['kern/syscall.c', 'sys_ipc_recv'],
    ['lib/ipc.c', 'ipc_recv'], ['lib/ipc.c', 'ipc_send']),

# ------------------------------------------------------------------------ lab 5
{ lab => 5, ex => 1, file => 'kern/env.c', function => 'env_create',
    from => "\n\t// The file server drives", upto => "FL_IOPL_3;\n",
    hint => 'The file server, and nobody else, may do I/O.' },
{ lab => 5, ex => 2, file => 'fs/bc.c', function => 'bc_pgfault',
    from => "\taddr = ROUNDDOWN(addr, PGSIZE);",
    upto => "panic(\"bc_pgfault: %e\", r);\n",
    stub => 'panic("LAB 5: bc_pgfault is not written yet");',
    hint => "Get a page (cache_page_alloc), read the block into it, and\n" .
	'mark it clean.  If that fails, there is cannot_load.' },
{ lab => 5, ex => 2, file => 'fs/bc.c', function => 'flush_block',
    from => "\tif (!va_is_mapped(addr) ||",
    upto => "panic(\"flush_block: %e\", r);\n",
    stub => 'panic("LAB 5: flush_block is not written yet");' },
{ lab => 5, ex => 3, file => 'fs/fs.c', function => 'alloc_block' },
(map +{ lab => 5, ex => 4, file => 'fs/fs.c', function => $_ },
    qw(file_block_walk file_get_block)),
{ lab => 5, ex => 5, file => 'fs/serv.c', function => 'serve_read' },
{ lab => 5, ex => 6, file => 'fs/serv.c', function => 'serve_write' },
{ lab => 5, ex => 6, file => 'lib/file.c', function => 'devfile_write' },
{ lab => 5, ex => 7, file => 'kern/syscall.c',
    function => 'sys_env_set_trapframe' },
{ lab => 5, ex => 7, file => 'kern/syscall.c', function => 'syscall',
    from => "\tcase SYS_env_set_trapframe:", upto => "a2);\n",
    hint => $cases },
{ lab => 5, ex => 8, file => 'lib/fork.c', function => 'duppage',
    from => "\tif (perm & PTE_SHARE)", upto => "va);\n",
    hint => 'Pages with PTE_SHARE: share_page.' },
{ lab => 5, ex => 8, file => 'lib/spawn.c', function => 'copy_shared_pages',
    stub => 'return 0;' },
{ lab => 5, ex => 9, file => 'kern/trap.c', function => 'trap_dispatch',
    from => "\tcase IRQ_OFFSET + IRQ_KBD:",
    upto => "serial_intr();\n\t\treturn;\n", hint => 'Keyboard and serial line.' },
{ lab => 5, ex => 10, file => 'user/sh.c', function => 'runcmd',
    from => "\t\t\tok = ok && redirect(0,", upto => "\"read\");\n",
    hint => "Open word for reading as file descriptor 0." },
]};
