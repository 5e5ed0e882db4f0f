// tests/user/testlab4calls.c - in lab 4, there are no calls that do the work of
// calls that are written in that lab.
//
// They are made here by number, for in lab 4 the library makes none of them.

#include <inc/lib.h>
#include <inc/x86.h>

static int
call(int num, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4, uint32_t a5)
{
	int result = num;

	__asm__ volatile("int %[vector]"
		: "+a" (result)
		: [vector] "i" (T_SYSCALL), "d" (a1), "c" (a2), "b" (a3),
		  "D" (a4), "S" (a5)
		: "memory", "cc");
	return result;
}

static void
expect_none(const char *name, int r)
{
	if (r != -E_INVAL)
		panic("%s: %d", name, r);
}

void
umain(int argc, char **argv)
{
	const envid_t child = sys_exofork();

	USED(argc), USED(argv);
	if (child == 0)
		exit();
	if (child < 0)
		panic("sys_exofork: %e", child);

	expect_none("sys_ipc_send", call(SYS_ipc_send, child, 0, UTOP, 0, 0));
	expect_none("sys_ipc_call",
		call(SYS_ipc_call, child, 0, UTOP, UTOP, 0));
	expect_none("sys_ipc_recv_from",
		call(SYS_ipc_recv_from, UTOP, child, 0, 0, 0));
	expect_none("sys_ipc_reply", call(SYS_ipc_reply, child, 0, UTOP, 0, 0));
	expect_none("sys_ipc_reply_recv",
		call(SYS_ipc_reply_recv, child, 0, UTOP, UTOP, 0));
	expect_none("sys_page_map_list",
		call(SYS_page_map_list, child, 0, 0, 0, 0));
	expect_none("sys_page_copy",
		call(SYS_page_copy, UTEXT, child, UTEXT, PTE_P | PTE_U, 0));
	cprintf("testlab4calls ok\n");
}
