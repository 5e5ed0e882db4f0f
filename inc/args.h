// inc/args.h - flags on a program's command line (lib/args.c).

#ifndef JOS_INC_ARGS_H
#define JOS_INC_ARGS_H

struct Argstate {
	int *argc;			// the caller's; kept up to date
	const char **argv;
	const char *curarg;		// flags of this word still to come
	const char *argvalue;		// value that argvalue() found last
};

void argstart(int *argc, char **argv, struct Argstate *args);
int argnext(struct Argstate *args);
char *argvalue(struct Argstate *args);
char *argnextvalue(struct Argstate *args);

#endif // JOS_INC_ARGS_H
