# conf/handout.pm - what the students of each lab get, for tools/handout.
#
# `never` and `since` say which files: patterns for paths, * for any part of a
# name, and for all of a folder where a name ends in /.  Nobody gets `never`;
# what is in `since` comes with the lab that it is listed for.
#
# The tree that is handed out is smaller than this one: without what the lab's
# text does not know, such as all that finds the kernel's own mistakes.
# - handout/N/FILE has functions, and other items, that replace those of equal
#   names in FILE for labs up to N: simpler ones.
# - `absent` names what comes with a lab, or never: calls and changes of it go,
#   in expressions it is 0, or what `instead` says, and what is then never
#   executed goes; so do cases, table rows and fields that name it.
# - `cuts`: before lab `since`, there is `instead`, or nothing, at a place that
#   is described like a student place.
# - Then all goes that nothing reaches any more (tools/lib/Shake.pm), but for
#   `keep`: files, folders and names.
#
# `places` are the student places: what the exercises ask for.  Each row is one
# place: `function` in `file`, for exercise `ex` of `lab`.  The text of `gap`, or
# each text of a list, is the student's, and stands once in the function (in the
# file, if there is no `function`); or what stands there between `from` and
# `upto`, these included, or the function's end; without all these, the whole
# body.  In its place comes a comment, with the lines of `hint`, and `stub`, what
# the place does as long as nothing is written there: a body without a stub
# panics.  `upto_lab` is the last lab that has the place.  `what` is what
# README.md calls the place, after the function's name: for places in no
# function, and for several in one.  `hides` names what only the solution needs,
# wherever it is.  `answer` names functions of the file that only the solution
# calls, and which go with it.
#
# `tools/handout -l` looks whether files and texts stand as written here.

return {
# Answers, and what only those need who make the course
never => [qw(.ci/ ext/ handout/ CODING README.md conf/bench.tsv conf/handout.pm
    docs/ tests/ mergedep.pl fs/fsck.c fs/fsget.c kern/ext.c kern/ext.h
    kern/ipientry.S
    lib/ubsan.c user/check/spurious.c
    tools/bench* tools/class tools/course/ tools/cover* tools/debug
    tools/explore tools/fuzz tools/gdb tools/gradescope
    tools/grade-submission tools/handout tools/layers tools/matrix
    tools/profile* tools/repeat tools/soak tools/unpack tools/lib/Chart.pm
    tools/lib/Confine.pm tools/lib/Handout.pm tools/lib/Icount.pm
    tools/lib/Marathon.pm tools/lib/Session.pm tools/lib/Shake.pm
    tools/lib/Submission.pm)],
since => {
    1 => [],
    2 => [qw(grade-lab2 kern/debug/contract_memory.c kern/lab.c kern/lab.h
	tools/import-lab)],
    3 => [qw(grade-lab3 inc/lib.h kern/debug/contract_env.c kern/programs.S
	kern/trapentry.S user/), map "lib/$_", qw(Makefrag console.c entry.S
	exit.c libmain.c panic.c printf.c syscall.c)],
    4 => [qw(grade-lab4 kern/mpentry.S kern/debug/contract_smp.c lib/fork.c
	lib/ipc.c lib/pfentry.S lib/pgfault.c lib/vm.c), map("user/$_.c",
	qw(idle yield dumbfork stresssched faultdie faultregs faultalloc
	faultallocbad faultnostack faultbadhandler faultevilhandler forktree
	sendpage spin fairness pingpong pingpongs primes)),
	map("user/check/$_", qw(callerrors.c
	children.c cpus.c forks.c gates.c handlers.c ipclib.c messages.c
	nomem.c pagecalls.c panic.h thread.h turns.c upcalls.c))],
    5 => [qw(grade-lab5 fs/), map("lib/$_.c", qw(args calls duppages fd file
	fprintf pageref pipe spawn wait)), map "user/$_.c", qw(cat echo
	faultio icode init
	initsh ls lsfd num poweroff primespipe sh spawnfaultio spawnhello
	spawninit testfdsharing testfile testkbd testmalloc testpipe
	testpiperace testpiperace2 testptelibrary testpteshare testshell
	writemotd check/file check/keys check/share check/shell
	check/trapframe)],
},
# Files that later labs' students write, and that have tests of this lab in them
tests => { 1 => [qw(kern/init.c)] },
# Points for what is handed out as it is
absent => {
    2 => [qw(lab_init)],
    3 => [qw(envs contract_region_alloc mon_continue)],
    4 => [qw(IRQ_SPURIOUS env_pgfault_upcall env_ipc_recving SYS_page_alloc
	SYS_page_map SYS_page_unmap SYS_exofork SYS_env_set_status
	SYS_env_set_pgfault_upcall SYS_yield SYS_ipc_try_send SYS_ipc_recv)],
    5 => [qw(SYS_env_set_trapframe ENV_TYPE_FS devcons opencons printf
	fprintf vfprintf)],
    never => [qw(user_memory_open user_memory_close monitor_eflags
	page_table_alloc mon_envs mon_kill mon_free mon_check mon_lock mon_irq
	mon_overflow mon_misuse mon_inject mon_poweroff check_constants
	__stack_chk_fail IRQ_WAKE IRQ_ERROR stops_at_int3 replacements
	readline_prompt getkey
	SYS_cons_wait SYS_env_wait SYS_poweroff SYS_ipc_recv_from SYS_ipc_reply
	SYS_page_held SYS_debug SYS_ipc_send SYS_irq_wait SYS_page_map_list
	SYS_page_wait SYS_page_wake SYS_ipc_call SYS_ipc_reply_recv
	SYS_cons_line SYS_page_copy SYS_cons_foreground fd_sharing fd_shared
	sys_cons_foreground unpin_blocks reap_some reap_pending zeroed_tables
	hidden_tables ext_help ext_command ext_run_command)],
},
instead => { page_table_alloc => 'page_alloc(ALLOC_ZERO)' },
cuts => [
    { since => 3, file => 'kern/kdebug.c', function => 'debuginfo_eip',
	from => "\tif (addr < ULIM) {", upto => "\n\t}\n",
	instead => "\tif (addr < ULIM)\n\t\treturn -E_INVAL;\n" },
    { since => 3, file => 'kern/monitor.c', function => 'monitor',
	from => "\tif (tf)\n", upto => "(tf);\n", instead => '' },
    { since => 3, file => 'kern/debug/check.c', function => 'check_kern_pgdir',
	from => "\tif (lab->user ||", upto => "PADDR(envs));\n", instead => '' },
    (map +{ since => 6, file => 'kern/debug/contract_memory.c', gap => $_ },
	"\tfor (struct PageInfo *pp = zeroed_tables; pp; pp = pp->pp_link)\n" .
	"\t\tis_free[(pp - pages) / 8] |= 1 << (pp - pages) % 8;\n",
	"// The tables that firmware leaves at the top of memory may be kept.\n",
	"\tsize_t firmware = PGNUM(acpi_tables_start);\n",
	"\tif (firmware <= boot_end || firmware > npages)\n" .
	"\t\tfirmware = npages;\n"),
    { since => 6, file => 'kern/debug/contract_memory.c',
	gap => 'boot_end, firmware, false', instead => 'boot_end, npages, false' },
    { since => 6, file => 'inc/fd.h', gap => "_Static_assert(sizeof(struct " .
	"Fd) == 20, \"shared by client and file server\");\n" },
    { since => 6, file => 'lib/fd.c', gap => "_Static_assert(FILEDATA + " .
	"MAXFD * PGSIZE <= FDLEASE, \"no overlap\");\n\n" },
    { since => 6, file => 'user/sh.c', function => 'umain',
	gap => 'prompt = at_console = true;', instead => 'prompt = true;' },
    { since => 6, file => 'user/sh.c', gap => "static bool at_console;" .
	"\t\t\t// input is the console, not a script\n" },
    { since => 6, file => 'user/sh.c', function => 'run_line',
	gap => "\t\tif (at_console)\n\t\t\tsys_cons_foreground(true);\n" },
    { since => 4, file => 'inc/env.h', gap => "_Static_assert(" .
	"sizeof(struct Env) == 124, \"programs read this at UENVS\");\n\n" },
# Calls of the labs alone, which their own functions carry out
    (map +{ since => 6, file => 'kern/syscall.c', function => 'syscall',
	gap => $_->[0], instead => $_->[1] },
	["\t\tif (a2 > CPUTS_WHOLE)\n\t\t\treturn cputs_long((const char *) " .
	"a1, a2);\n"],
	['return exofork();', 'return sys_exofork();'],
	['return ipc_try_send(', 'return sys_ipc_try_send('],
	["ipc_take(curenv, (void *) a1) ? 0\n\t\t\t: "],
	['call_beyond_labs(syscallno, a1, a2, a3, a4, a5)', '-E_INVAL']),
# One CPU, whose stack is bootstack
    { since => 4, file => 'kern/trapframe.c', function => 'print_trapframe',
	gap => ' from CPU %d\n", tf, cpunum());', instead => '\n", tf);' },
    { since => 4, file => 'kern/pmap.c', function => 'mem_init',
	gap => "\tmem_init_mp();\n", instead => "\tboot_map_region(kern_pgdir, " .
	"KSTACKTOP - KSTKSIZE, KSTKSIZE,\n\t\tPADDR(bootstack), PTE_W);\n" },
# Extra checks that need what only the whole kernel has
    { since => 4, file => 'user/check/checkuser.c', function => 'umain',
	gap => "\tcheck_arguments();\n" },
    { since => 6, file => 'kern/debug/contract_env.c',
	function => 'contract_gates',
	gap => "\n\t\t&& panic_of(write_nothing, entry) != NULL" },
    { since => 6, file => 'grade-lab4', gap => ", debug => 'check'" },
    { since => 6, file => 'grade-lab4', gap => "checks 'spurious interrupts' " .
	"=> 'spurious',\n    want => [map { \"Spurious interrupt on irq \$_\\\$\" } " .
	"2, 3, 5 .. 15],\n    type => [map { ['^K> ', \"irq \$_\\n\"] } 34, 35, " .
	"37 .. 47];\n" },
# Extensions
    { since => 6, file => 'kern/kernel.ld', gap => "\t\t. = ALIGN(4);\n" .
	"\t\textensions_start = .;\n\t\t*(.extensions)\n" .
	"\t\textensions_end = .;\n" },
    { since => 6, file => 'tools/names',
	gap => ' with EXT=yes those of extensions,' },
    { since => 6, file => 'tools/names', gap => " \\\n" .
	"    \${EXT:+ext/*/user/*.c ext/*/lib/*.[cS]}" },
    { since => 6, file => 'tools/lib/Qemu.pm',
	gap => "#   ext\t\t\tas make's EXT; none\n" },
    { since => 6, file => 'tools/lib/Qemu.pm',
	gap => ' fw_cfg(ext => $m{ext}),' },
    { since => 6, file => 'tools/lib/Grade.pm', gap => "#   debug, ext => VALUE" .
	"\t\tas in tools/lib/Qemu.pm; if not given, DEBUG and\n#\t\t\t\tEXT of " .
	"the environment\n", instead => "#   debug => VALUE\t\tas in " .
	"tools/lib/Qemu.pm; if not given, DEBUG of\n#\t\t\t\tthe environment\n" },
    { since => 6, file => 'tools/lib/Grade.pm', gap => ' ext => $ENV{EXT},' },
# Comments about what is not there
    { since => 2, file => 'kern/entrypgdir.S',
	gap => "  mem_init (kern/pmap.c)\n// replaces both." },
    { since => 3, file => 'kern/debug/contract.h', gap => "//\n// What a check " .
	"prints is described in user/check/check.h.\n" },
    { since => 4, file => 'kern/kclock.c', gap => ', mc146818_write' },
    { since => 5, file => 'lib/fork.c',
	gap => "// A page with PTE_SHARE stays as it is.\n" },
    { since => 4, file => 'inc/lib.h', gap => "// lib/vm.c\n" },
    { since => 5, file => 'inc/lib.h',
	gap => "ssize_t write(int fd, const void *buf, size_t n);\n" },
    { since => 4, file => 'lib/syscall.c',
	gap => "\n// sys_exofork is in inc/lib.h, which says why.\n" },
    { since => 6, file => 'kern/entry.S',
	gap => " that is never used:\n// guard_init unmaps that page.",
	instead => ' that is never used.' },
    { since => 6, file => 'kern/picirq.c', gap => ', pic_eoi' },
    (map +{ since => 6, file => 'kern/syscall.c', gap => $_ },
	"// kern/pagecall.c has the calls about pages that the labs do not " .
	"have.\n", "// kern/ipc.c has the calls about messages that the labs " .
	"do not have.\n"),
    { since => 6, file => 'lib/ipc.c',
	gap => "  lib/calls.c has more\n// functions for messages." },
    { since => 5, file => 'lib/ipc.c', gap => ', ipc_find_env' },
    { since => 6, file => 'lib/vm.c', gap => "//   prev_run\t\t\ta walk " .
	"over runs of pages\n//   share_page\t\t\tmap a page in a child\n" },
    { since => 6, file => 'lib/file.c', gap => "\t\t\t// found by find_server" },
    (map +{ since => 6, file => 'fs/serv.c', gap => $_ },
	"// The next two call serve_read and serve_write with the labs' " .
	"arguments, after\n// checking the mode in which the file was opened.\n\n",
	"// If the request turns out to be invalid, o_changed costs one " .
	"needless flush.\n"),
    { since => 4, file => 'inc/env.h', gap => '  The kernel lock guards them all.' },
    { since => 4, file => 'inc/trap.h', gap => '// What a program',
	instead => '// Lab 4: what a program' },
    { since => 4, file => 'inc/trap.h', gap => "_Static_assert(sizeof(struct " .
	"UTrapframe) == 52, \"lib/pfentry.S\");\n" },
    { since => 3, file => 'inc/trap.h', gap => "_Static_assert(sizeof(struct " .
	"Trapframe) == 68, \"kern/trapentry.S\");\n" },
    { since => 6, file => 'inc/memlayout.h', gap => "\tuint16_t pp_found;\t\t" .
	"// references that kern/debug/audit.c\n\t\t\t\t\t// counted\n" },
    { since => 6, file => 'kern/pmap.c', gap => ' + nzeroed_tables' },
# What make and the tools can not do here
    { since => 2, file => 'GNUmakefile', gap => "make import-lab FROM=folder  " .
	"your functions of earlier labs from there\n" },
    { since => 2, file => 'GNUmakefile', gap => "import-lab:\n\t\$(V)exec " .
	"\$(PERL) tools/import-lab \$(call quoted,\$(FROM))\n\n" },
    { since => 2, file => 'GNUmakefile',
	gap => 'grade-all import-lab handin', instead => 'grade-all handin' },
    { since => 2, file => 'GNUmakefile', gap => "grade-all import-lab\n",
	instead => "grade-all\n" },
    { since => 3, file => 'GNUmakefile', from => "ifneq (\$(PROGRAM_NAMES),)\n",
	upto => "endif\n\n" },
    { since => 3, file => 'GNUmakefile', gap => "make run-X            run " .
	"program X first; also run-X-nox\n" },
    { since => 3, file => 'GNUmakefile', gap => ', run-X-gdb, run-X-nox-gdb' },
    { since => 4, file => 'GNUmakefile', gap => 'CPUS=1..8  ' },
    { since => 6, file => 'fs/files/README',
	gap => "  `make get FILE=name' there brings one back." },
    { since => 6, file => 'tools/doctor', from => "\tif have nasm; then\n",
	upto => "\tfi\n" },
    { since => 6, file => 'tools/doctor', from => "\tif have bwrap; then\n",
	upto => "\tfi\n" },
],
keep => [qw(boot/ user/ fs/fsformat.c umain __wrap__panic inc/mmu.h inc/elf.h
    inc/memlayout.h inc/error.h inc/types.h inc/stdarg.h inc/string.h inc/stdio.h inc/trap.h lib/div64.c)],
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
    hint => "Follow the saved frame pointers, from read_ebp() to the 0 of\n" .
	'kern/entry.S; debuginfo_eip says where an address is.' },
{ lab => 1, ex => 12, file => 'kern/monitor.c',
    what => '`commands[]`',
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
    what => 'make `pages[]`',
    gap => "const size_t pages_size = ROUNDUP(npages * sizeof(*pages), " .
	"PGSIZE);\n\tpages = boot_alloc(pages_size);\n" .
	"\tmemset(pages, 0, pages_size);",
    stub => 'panic("LAB 2: mem_init is not written yet");',
    hint => 'Allocate pages[], npages of them, and fill it with zeros.' },
{ lab => 2, ex => 5, file => 'kern/pmap.c', function => 'mem_init',
    what => 'map `UPAGES`',
    gap => 'boot_map_region(kern_pgdir, UPAGES, pages_size, ' .
	'PADDR(pages), PTE_U);',
    hint => 'Map pages[] at UPAGES, for everybody to read.' },
{ lab => 2, ex => 5, file => 'kern/pmap.c', function => 'mem_init',
    what => 'map `KERNBASE`',
    gap => 'boot_map_region(kern_pgdir, KERNBASE, MAXPHYSMEM, 0, PTE_W);',
    hint => 'Map all physical memory at KERNBASE, for the kernel alone.' },
{ lab => 2, ex => 5, upto_lab => 3, file => 'kern/pmap.c', function => 'mem_init',
    what => 'map the stack',
    gap => "boot_map_region(kern_pgdir, KSTACKTOP - KSTKSIZE, KSTKSIZE,\n" .
	"\t\tPADDR(bootstack), PTE_W);",
    hint => "Map the kernel's stack, bootstack, for the kernel alone.  The\n" .
	"pages below it stay unmapped, so that an overflow is noticed." },
{ lab => 2, ex => 1, file => 'kern/pmap.c', function => 'page_init',
    hint => "Which pages are in use already?  Page 0, all from\n" .
	"npages_basemem to EXTPHYSMEM, and what boot_alloc has taken." },
(map +{ lab => 2, ex => 1, file => 'kern/pmap.c', function => $_ },
    qw(page_alloc page_free)),
(map +{ lab => 2, ex => 4, file => 'kern/pmap.c', function => $_ },
    qw(pgdir_walk boot_map_region page_insert page_lookup page_remove)),

# ------------------------------------------------------------------------ lab 3
{ lab => 3, ex => 1, file => 'kern/pmap.c', function => 'mem_init',
    what => 'make `envs[]`',
    gap => "const size_t envs_size = ROUNDUP(NENV * sizeof(*envs), PGSIZE);\n" .
	"\tenvs = boot_alloc(envs_size);\n\tmemset(envs, 0, envs_size);",
    stub => 'panic("LAB 3: mem_init does not make envs[] yet");',
    hint => 'Allocate envs[], NENV of them, and fill it with zeros.' },
{ lab => 3, ex => 1, file => 'kern/pmap.c', function => 'mem_init',
    what => 'map `UENVS`',
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
    hint => 'env_pop_tf loads registers.' },
{ lab => 3, ex => '4 and 7', file => 'kern/trapentry.S',
    what => 'stubs of exceptions',
    from => "\tTRAPHANDLER_NOEC(trap_divide", upto => "\n\n",
    hint => 'A stub for each exception.  Which ones push an error code?' },
{ lab => 3, ex => 7, file => 'kern/trapentry.S',
    what => 'stub of system calls',
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
    hint => "A case for each system call of lab 3: sys_cputs, sys_cgetc,\n" .
	"sys_getenvid, sys_env_destroy." },
{ lab => 3, ex => 8, file => 'lib/libmain.c', function => 'libmain',
    gap => 'thisenv = &envs[ENVX(sys_getenvid())];',
    stub => 'thisenv = NULL;' },
{ lab => 3, ex => 9, file => 'kern/trap.c', function => 'page_fault_handler',
    from => "\tif (!from_user(tf)) {", upto => "\t}\n",
    hint => 'A page fault in the kernel is a bug: print tf, and panic.' },
{ lab => 3, ex => 9, file => 'kern/pmap.c', function => 'user_mem_check',
    stub => 'return -E_FAULT;', hint => 'Backtraces ask, too.' },
{ lab => 3, ex => 9, file => 'kern/syscall.c', function => 'sys_cputs',
    gap => 'user_mem_assert(curenv, s, len, PTE_U);' },
{ lab => 3, ex => 9, file => 'kern/kdebug.c', function => 'debuginfo_eip',
    what => 'whose program',
    from => "\t\tif (!env_is_loaded(curenv)", upto => "-E_FAULT;\n",
    hint => 'For env_is_loaded(curenv) only; else return -E_FAULT.' },
{ lab => 3, ex => 9, file => 'kern/kdebug.c', function => 'debuginfo_eip',
    what => 'its table',
    from => "\t\tif (limit > USER_TABLE_MAX", upto => "-E_FAULT;\n",
    hint => 'At most USER_TABLE_MAX bytes.' },

# ------------------------------------------------------------------------ lab 4
{ lab => 4, ex => 1, file => 'kern/pmap.c', function => 'mmio_map_region',
    from => "\tconst size_t offset = PGOFF(pa);" },
{ lab => 4, ex => 2, file => 'kern/pmap.c', function => 'page_init',
    gap => "in_use |= i == PGNUM(MPENTRY_PADDR);\t// other CPUs start there",
    hint => 'The page at MPENTRY_PADDR is in use.' },
{ lab => 4, ex => 3, file => 'kern/pmap.c', function => 'mem_init_mp' },
{ lab => 4, ex => 4, file => 'kern/trap.c', function => 'trap_init_percpu',
    gap => ['int me = cpunum();',
	'ts->ts_esp0 = KSTACKTOP - me * (KSTKSIZE + KSTKGAP);'],
    stub => ['int me = 0;', 'ts->ts_esp0 = KSTACKTOP;'],
    hint => 'This is right for the first CPU only.' },
{ lab => 4, ex => 5, file => 'kern/init.c', function => 'i386_init',
    gap => "lock_kernel();\t\t// held until the first env_run",
    hint => 'Take the kernel lock.' },
{ lab => 4, ex => '5 and 6', file => 'kern/init.c', function => 'mp_main',
    gap => "lock_kernel();\n\tsched_yield();",
    stub => "for (;;)\n\tpause();",
    hint => "Take the kernel lock, and look for work.  This replaces the loop,\n" .
	'which waits for ever.' },
{ lab => 4, ex => 5, file => 'kern/trap.c', function => 'trap',
    gap => "\t\tlock_kernel();\n", hint => 'Take the kernel lock.' },
{ lab => 4, ex => 5, file => 'kern/env.c', function => 'env_run',
    gap => 'unlock_kernel();',
    hint => 'Give up the kernel lock.' },
{ lab => 4, ex => 6, file => 'kern/sched.c', function => 'sched_yield',
    stub => 'sched_halt();',
    hint => 'After curenv, in a circle; curenv itself last.' },
(map +{ lab => 4, ex => 7, file => 'kern/syscall.c', function => $_,
	hides => [qw(user_page user_perm page_to_share)] },
    qw(sys_exofork sys_env_set_status sys_page_alloc sys_page_map
    sys_page_unmap)),
{ lab => 4, ex => 8, file => 'kern/syscall.c',
    function => 'sys_env_set_pgfault_upcall' },
{ lab => 4, ex => '6 and 7', file => 'kern/syscall.c', function => 'syscall',
    what => 'pages and environments',
    from => "\tcase SYS_page_alloc:",
    upto => "return sys_yield();\n",
    hint => "A case for each of sys_page_alloc, sys_page_map, sys_page_unmap,\n" .
	'sys_exofork, sys_env_set_status, sys_yield.' },
{ lab => 4, ex => '8 and 15', file => 'kern/syscall.c', function => 'syscall',
    what => 'page faults and messages',
    from => "\tcase SYS_env_set_pgfault_upcall:",
    upto => "sys_ipc_recv((void *) a1);\n",
    hint => "A case for each of sys_env_set_pgfault_upcall, sys_ipc_try_send,\n" .
	'sys_ipc_recv.' },
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
    what => 'stubs of interrupts',
    from => "\tTRAPHANDLER_NOEC(irq_timer", upto => "IRQ_OFFSET + 15)\n",
    hint => 'A stub for each interrupt of the 8259s.' },
{ lab => 4, ex => 13, file => 'kern/sched.c', function => 'sched_halt',
    gap => "\t\t\"sti\\n\\t\"\n",
    hint => 'Turn interrupts on: sti.' },
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
    upto => "panic(\"bc_pgfault: %e\", r);\n\n",
    stub => 'panic("LAB 5: bc_pgfault is not written yet");',
    hint => "Get a page and read the block into it.  addr may be anywhere in the\n" .
	'block; from here on it is to be its start.' },
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
    hint => 'A case for sys_env_set_trapframe.' },
{ lab => 5, ex => 8, file => 'lib/fork.c', function => 'duppage',
    from => "\tif (perm & PTE_SHARE)", upto => "va, perm);\n",
    hint => 'Pages with PTE_SHARE.' },
{ lab => 5, ex => 8, file => 'lib/spawn.c', function => 'copy_shared_pages',
    stub => 'return 0;' },
{ lab => 5, ex => 9, file => 'kern/trap.c', function => 'trap_dispatch',
    from => "\tcase IRQ_OFFSET + IRQ_KBD:",
    upto => "serial_intr();\n\t\treturn;\n", hint => 'Keyboard and serial line.' },
{ lab => 5, ex => 10, file => 'user/sh.c', function => 'runcmd',
    from => "\t\t\tok = ok && redirect(0,", upto => "\"read\");\n",
    hint => "Open word for reading as file descriptor 0." },
]};
