// ext/shell/lib/parse.c - a line as a tree.
//
//	list	 = [ pipeline { (";" | "&") pipeline } [ ";" | "&" ] ]
//	pipeline = command { "|" command }
//	command	 = ( word | "(" list ")" ) { word | redirection }
//	redirection = ("<" | ">" | ">>" | "2>" ...) word
//
// One function for each line of this grammar (recursive descent).  Behind ( )
// there are no words; redirections may also come before the first word.
//
// Entry point: parse_line.

#include <ext/shell/sh.h>

static struct Node nodes[MAXNODES];
static int nnodes;
static char text[2 * LINESIZE];		// the words, each with its NUL
static char *text_end;

static const char *rest;		// of the line
static struct Token token;		// not used up yet
static const char *wrong;		// NULL, or why the line is wrong

static struct Node *parse_list(void);

static void
advance(void)
{
	token = next_token(&rest);
	if (token.kind == T_ERROR)
		wrong = "a quote has no end";
}

static bool
at(char c)
{
	return token.kind == T_CHAR && token.c == c;
}

static struct Node *
complain(const char *why)
{
	if (!wrong)
		wrong = why;
	return NULL;
}

static struct Node *
new_node(enum NodeType type, struct Node *left, struct Node *right)
{
	if (wrong)
		return NULL;
	if (nnodes == MAXNODES)
		return complain("the line has too many commands");

	struct Node *n = &nodes[nnodes++];

	*n = (struct Node) { .type = type, .left = left, .right = right };
	return n;
}

// Copy the word, whose text the line may not keep.  Every copy and its NUL fit:
// words are apart, or their NUL takes the place of a special character.
static const char *
take_word(void)
{
	char *copy = text_end;

	memcpy(copy, token.text, token.length);
	copy[token.length] = '\0';
	text_end += token.length + 1;
	advance();
	return copy;
}

static bool
at_redirection(void)
{
	return token.kind == T_APPEND || at('<') || at('>');
}

static void
parse_redirection(struct Node *n)
{
	struct Redirection r = {
		.fd = token.fd,
		.append = token.kind == T_APPEND,
		.mode = at('<') ? O_RDONLY : O_WRONLY | O_CREAT
			| (token.kind == T_APPEND ? 0 : O_TRUNC),
	};

	advance();
	if (token.kind != T_WORD) {
		complain("no file after < or >");
		return;
	}
	r.word = take_word();
	if (n->nredirs == MAXREDIRS)
		complain("too many redirections");
	else
		n->redirs[n->nredirs++] = r;
}

static struct Node *
parse_command(void)
{
	struct Node *n;

	if (at('(')) {
		advance();
		n = new_node(N_GROUP, parse_list(), NULL);
		if (!at(')'))
			return complain("( without )");
		if (n && !n->left)
			return complain("nothing in ( )");
		advance();
	} else
		n = new_node(N_COMMAND, NULL, NULL);
	while (!wrong && (token.kind == T_WORD || at_redirection()))
		if (at_redirection())
			parse_redirection(n);
		else if (n->type == N_GROUP)
			complain("a word after )");
		else if (n->nwords == MAXWORDS)
			complain("too many words");
		else
			n->words[n->nwords++] = take_word();
	if (!wrong && n->type == N_COMMAND && n->nwords == 0 && n->nredirs == 0)
		return complain("a command is missing");
	return n;
}

static struct Node *
parse_pipeline(void)
{
	struct Node *n = parse_command();

	while (!wrong && at('|')) {
		advance();
		n = new_node(N_PIPE, n, parse_command());
	}
	return n;
}

static bool
at_end_of_list(void)
{
	return wrong || token.kind == T_END || at(')');
}

static struct Node *
parse_list(void)
{
	struct Node *list = NULL;

	while (!at_end_of_list()) {
		struct Node *n = parse_pipeline();

		if (at('&'))
			n = new_node(N_BACKGROUND, n, NULL);
		list = list ? new_node(N_THEN, list, n) : n;
		if (!at('&') && !at(';'))
			break;
		advance();
	}
	return list;
}

bool
parse_line(const char *line, struct Node **tree)
{
	rest = line;
	nnodes = 0;
	text_end = text;
	wrong = NULL;
	advance();
	*tree = parse_list();
	if (!wrong && token.kind != T_END)
		complain(at(')') ? ") without (" : "( after a word");
	if (wrong)
		fprintf(2, "jsh: %s\n", wrong);
	return !wrong;
}
