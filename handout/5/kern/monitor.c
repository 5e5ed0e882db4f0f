// kern/monitor.c - the kernel's command line, for looking around.
//
// A command is a function and a line in commands[].
//
// Entry points: monitor; mon_backtrace.

// --------------------------------------------------------------- backtrace
// Each function begins by pushing its caller's %ebp and pointing %ebp at the
// copy, so that the calls in progress form a chain through the stack:
//
//	%ebp + 8	arguments
//	%ebp + 4	return address, in the caller
//	%ebp		the caller's %ebp, 0 at the end
//	below		local variables

#define ARGS_SHOWN	5

// Print the function calls that led here: a line "Stack backtrace:", and for
// each call, the innermost first, two lines of this form:
//
//   ebp f0109e58  eip f0100a62  args 00000001 f0109e80 f0109e98 f0100ed2 00000031
//          kern/monitor.c:143: monitor+106
//
// ebp is the frame, eip the return address in it, and args five words above,
// which may be arguments; the second line has the source line and the function
// of the call, and how far behind the function's beginning eip is.
int
mon_backtrace(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	cprintf("Stack backtrace:\n");
	for (const uint32_t *ebp = (uint32_t *) read_ebp(); ebp;
	     ebp = (uint32_t *) ebp[0]) {
		const uintptr_t eip = ebp[1];
		struct Eipdebuginfo info;

		cprintf("  ebp %08x  eip %08x  args", ebp, eip);
		for (int i = 0; i < ARGS_SHOWN; i++)
			cprintf(" %08x", ebp[2 + i]);
		debuginfo_eip(eip - 1, &info);
		cprintf("\n         %s:%d: %.*s+%d\n", info.eip_file,
			info.eip_line, info.eip_fn_namelen, info.eip_fn_name,
			eip - info.eip_fn_addr);
	}
	return 0;
}
