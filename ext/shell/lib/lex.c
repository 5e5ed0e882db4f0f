// ext/shell/lib/lex.c - the tokens of a line.
//
// A token is a special character, >> or a word.  A word ends at a blank or a
// special character, but not within quotes or behind a backslash; it keeps
// these, since their meaning is lib/expand.c's.
//
// Entry point: next_token.

#include <ext/shell/sh.h>

#define BLANKS		" \t\r\n"
#define SPECIAL		"<>|&;()"

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

// Where the word at s ends; NULL if a quote in it has no end.
static const char *
word_end(const char *s)
{
	for (; *s && !is_in(*s, BLANKS) && !is_in(*s, SPECIAL); s++) {
		const char quote = *s;

		if (quote == '\\' && s[1])
			s++;
		if (quote != '\'' && quote != '"')
			continue;
		for (s++; *s != quote; s++) {
			if (quote == '"' && *s == '\\' && s[1])
				s++;
			if (*s == '\0')
				return NULL;
		}
	}
	return s;
}

// A digit right before < or > says which descriptor is meant.
static bool
is_descriptor(const char *s)
{
	return *s >= '0' && *s <= '9' && is_in(s[1], "<>");
}

struct Token
next_token(const char **line)
{
	const char *s = *line;
	struct Token t = { .kind = T_END, .fd = -1 };

	while (is_in(*s, BLANKS))
		s++;
	if (is_descriptor(s))
		t.fd = *s++ - '0';
	if (is_in(*s, SPECIAL)) {
		t.kind = T_CHAR;
		t.c = *s++;
		if (t.fd < 0)
			t.fd = t.c == '>';
		if (t.c == '>' && *s == '>') {
			t.kind = T_APPEND;
			s++;
		}
	} else if (*s && *s != '#') {		// from # on: a comment
		t.text = s;
		s = word_end(s);
		t.kind = s ? T_WORD : T_ERROR;
		t.length = s ? s - t.text : 0;
	}
	if (s)
		*line = s;
	return t;
}
