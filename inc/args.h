// inc/args.h - flags on a program's command line (lib/args.c).

#ifndef JOS_INC_ARGS_H
#define JOS_INC_ARGS_H

struct Argstate {
	int *argc;			// the caller's, which argnext changes
	const char **argv;
	const char *curarg;		// unread flags of the current word
	const char *argvalue;		// the current flag's value, if read
};

void argstart(int *argc, char **argv, struct Argstate *args);
int argnext(struct Argstate *args);
char *argvalue(struct Argstate *args);
char *argnextvalue(struct Argstate *args);

#endif // JOS_INC_ARGS_H
