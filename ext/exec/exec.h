// ext/exec/exec.h - programs that become another program.

#ifndef JOS_EXT_EXEC_H
#define JOS_EXT_EXEC_H

// ext/exec/lib/exec.c
int exec(const char *prog, const char **argv);
int execl(const char *prog, const char *arg0, ...);

#endif // JOS_EXT_EXEC_H
