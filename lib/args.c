// lib/args.c - flags on a program's command line.
//
// Entry points:
//   argstart		begin
//   argnext		the next flag, or -1
//   argvalue		the value of the flag just returned
//   argnextvalue	one more value of that flag
//
// Flags are single letters, in the leading words that begin with '-': "-ab" is
// "-a -b".  A flag's value is the rest of its word or, if nothing is left of
// it, the next word.  argnext and argnextvalue remove the words they read from
// argv, so that in the end argv[1] is the first ordinary argument.

#include <inc/args.h>
#include <inc/string.h>

void
argstart(int *argc, char **argv, struct Argstate *args)
{
	*args = (struct Argstate) {
		.argc = argc, .argv = (const char **) argv, .curarg = ""
	};
}

// Remove argv[1] and return it; NULL if there is none.
static const char *
take_word(struct Argstate *args)
{
	if (*args->argc <= 1)
		return NULL;

	const char **first = args->argv + 1;
	const char *word = *first;

	// The NULL after the last argument moves too.
	memmove(first, first + 1, (*args->argc - 1) * sizeof(*first));
	--*args->argc;
	return word;
}

static bool
next_word_is_flag(const struct Argstate *args)
{
	return *args->argc > 1 && args->argv[1][0] == '-'
		&& args->argv[1][1] != '\0';
}

// The next flag; -1 at the first word that is no flag, at a lone "-", and
// after "--".
int
argnext(struct Argstate *args)
{
	args->argvalue = NULL;
	if (args->curarg == NULL)
		return -1;

	if (*args->curarg == '\0') {
		args->curarg = NULL;
		if (!next_word_is_flag(args))
			return -1;

		const char *word = take_word(args);

		if (strcmp(word, "--") == 0)
			return -1;
		args->curarg = word + 1;
	}
	return (unsigned char) *args->curarg++;
}

char *
argnextvalue(struct Argstate *args)
{
	if (args->curarg == NULL)
		return NULL;

	if (*args->curarg != '\0')
		args->argvalue = args->curarg;
	else
		args->argvalue = take_word(args);
	args->curarg = "";
	return (char *) args->argvalue;
}

// The value of the flag that argnext returned last, however often it is called.
char *
argvalue(struct Argstate *args)
{
	return args->argvalue ? (char *) args->argvalue : argnextvalue(args);
}
