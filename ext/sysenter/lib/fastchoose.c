// ext/sysenter/lib/fastchoose.c - which way fast_call goes.

#include <ext/sysenter/sysenter.h>

// fastcall.S
extern void (*fast_way)(void);
void by_int(void), by_sysenter(void), fast_choose(void);

// A kernel without the extension does not know the call.
void
fast_choose(void)
{
	fast_way = ext_call(SYS_sysenter, 0, 0, 0, 0, 0) > 0
		? by_sysenter : by_int;
}
