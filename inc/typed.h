// inc/typed.h - a line that is being typed (lib/readline.c).

#ifndef JOS_INC_TYPED_H
#define JOS_INC_TYPED_H

#include <inc/types.h>

#define LINELEN		1024		// with its newline

// Earlier lines, oldest first, each with its '\0'
struct History {
	char lines[2 * LINELEN];
	int used;
};

// A new line is all zeros, but for prompt and history.
struct Typed {
	char text[LINELEN];
	int len;
	enum { IN_TEXT, AFTER_ESCAPE, IN_SEQUENCE, FUNCTION_KEY } state;
	const char *prompt;		// printed again after ^C; or NULL
	const struct History *history;	// or NULL
	int age;			// which earlier line was recalled: 1 is
					// the last one; 0: none
};

// Handle one more key: a byte, perhaps with KEY_TEXT, or a code of
// inc/kbdreg.h.  Returns whether this key completes the line.
bool typed_key(struct Typed *t, int c);

#endif // JOS_INC_TYPED_H
