// inc/typed.h - a line that is being typed (lib/readline.c).

#ifndef JOS_INC_TYPED_H
#define JOS_INC_TYPED_H

#include <inc/types.h>

#define LINELEN		1024		// with its newline

// Lines typed before, oldest first, each with its '\0'
struct History {
	char lines[2 * LINELEN];
	int used;
};

// All 0 but for what it was typed for: a new line
struct Typed {
	char text[LINELEN];
	int len;
	enum { IN_TEXT, AFTER_ESCAPE, IN_SEQUENCE, FUNCTION_KEY } state;
	const char *prompt;		// is printed again after ^C; or NULL
	const struct History *history;	// or NULL
	int age;			// text is the age-th last; 0: none
};

// One key more: a byte, perhaps with KEY_TEXT, or KEY_UP and its kin.  Returns
// whether this completes the line.
bool typed_key(struct Typed *t, int c);

#endif // JOS_INC_TYPED_H
