// ext/shell/user/kill.c - ends environments.
//
//	kill id...			as ps shows them, in hexadecimal

#include <ext/ext.h>
#include <ext/shell/tool.h>

void
umain(int argc, char **argv)
{
	if (argc < 2)
		usage("id...");
	for (int i = 1; i < argc; i++) {
		const int r = ext_call(SYS_env_kill, number(argv[i], 16),
			0, 0, 0, 0);

		if (r < 0)
			complain("%s: %e", argv[i], r);
	}
	exit_with(tool_status);
}
