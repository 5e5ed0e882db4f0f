// ext/shell/sh.h - the parts of the shell jsh, from a line to its commands.
//
//	lib/lex.c	the line's tokens
//	lib/parse.c	the tree that they form
//	lib/vars.c	variables
//	lib/expand.c	$NAME, quotes, * and ?: what a word stands for
//	lib/run.c	the tree is run
//	lib/edit.c	a line is typed; lib/complete.c: Tab
//	user/jsh.c	the loop that does all this

#ifndef JOS_EXT_SHELL_SH_H
#define JOS_EXT_SHELL_SH_H

#include <inc/lib.h>

#define LINESIZE	512		// bytes of a line, with its NUL
#define MAXWORDS	64		// words of a command, as typed
#define MAXARGS		512		// and once expanded
#define MAXNAME		32		// of a variable, with its NUL

// ------------------------------------------------------------------- lex.c

enum TokenKind {
	T_END,
	T_WORD,
	T_ERROR,			// a quote without its end
	T_APPEND,			// >>
	T_CHAR				// another special character: in `c'
};

struct Token {
	enum TokenKind kind;
	char c;				// of T_CHAR
	int fd;				// of <, > and >>: the descriptor
	const char *text;		// of T_WORD: as typed, with its quotes
	int length;
};

// Take the next token from *line, which moves behind it.
struct Token next_token(const char **line);

// ----------------------------------------------------------------- parse.c

#define MAXREDIRS	4		// of a command
#define MAXNODES	64		// of a line

enum NodeType {
	N_COMMAND,			// words
	N_GROUP,			// ( left )
	N_PIPE,				// left | right
	N_THEN,				// left ; right
	N_BACKGROUND			// left &
};

struct Redirection {
	int fd;
	int mode;			// for open
	bool append;
	const char *word;
};

// `words' and `redirs' are those of N_COMMAND; N_GROUP has redirs only.
struct Node {
	enum NodeType type;
	struct Node *left, *right;
	const char *words[MAXWORDS];
	int nwords;
	struct Redirection redirs[MAXREDIRS];
	int nredirs;
};

// Parse a line.  Returns false if it is wrong, and then prints why; otherwise
// *tree is what is to be run, or NULL for nothing.  The tree is valid until the
// next call.
bool parse_line(const char *line, struct Node **tree);

// ------------------------------------------------------------------ vars.c

// The value of a variable; "" if it has none.
const char *var_get(const char *name, int length);

// Returns false if there is no room.
bool var_set(const char *name, int length, const char *value);

// How many bytes at the beginning of s could be a variable's name?
int name_length(const char *s);

// ---------------------------------------------------------------- expand.c

// Words that were expanded, and where their text is
struct Words {
	char *word[MAXARGS + 1];	// NULL after the last
	int n;
	char text[4096];
	int used;
};

// Add what the word stands for: none, one or more words.  Returns false if
// there is no room, and then prints so.
bool expand(const char *raw, struct Words *words);

// The same for a value or a file name: always one word, in which blanks, * and
// ? are what they are.
bool expand_one(const char *raw, struct Words *words);

// Does the name match the pattern?  In the pattern, \ takes its meaning from
// the next character.
bool glob_match(const char *pattern, const char *name);

// Call each for the name of every file in the directory.
void for_each_file(const char *dir, void (*each)(const char *name, void *arg),
	void *arg);

// ------------------------------------------------------------------- run.c

extern bool sh_interactive;		// the shell reads the console

// Run a line.  Returns after its foreground commands have ended.
void run_line(const char *line);

// ------------------------------------------------------- edit.c, complete.c

// The line typed at the console, without its newline, until the next call; NULL
// at its end (^D).
char *edit_line(const char *prompt);

// What could be typed after the first `length' bytes of text.  Writes at most
// `size' bytes, with a NUL, to `more': as much as is certain.  Returns how many
// names fit; if `show' is true, prints them.
int complete(const char *text, int length, char *more, int size, bool show);

#endif // JOS_EXT_SHELL_SH_H
