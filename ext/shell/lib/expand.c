// ext/shell/lib/expand.c - what a word stands for.
//
// Two steps.  The first replaces variables and takes quotes away; what was
// quoted is marked by a backslash before each character that the second step
// would treat specially.  Blanks in the value of a variable outside of quotes
// divide the word into fields.  The second step replaces a field with * or ? by
// the names of files that match, in order; if none does, the field stays.
//
// Entry points: expand, expand_one, glob_match, for_each_file.

#include <ext/shell/sh.h>

#define MARKED		"*?\\"		// characters that get a backslash

// -------------------------------------------------------- variables, quotes

// A field that grows; `some' is true once there is anything in it, even "".
struct Field {
	char text[2 * LINESIZE];
	int length;
	bool some;
};

struct Expansion {
	struct Words *words;
	struct Field field;
	bool one;			// neither fields nor names of files
	bool ok;			// there was room for all
};

static bool add_field(struct Expansion *x);

static void
put(struct Expansion *x, char c)
{
	if (x->field.length < (int) sizeof(x->field.text) - 1)
		x->field.text[x->field.length++] = c;
	else
		x->ok = false;
	x->field.some = true;
}

static void
put_quoted(struct Expansion *x, char c)
{
	if (c && strchr(MARKED, c))
		put(x, '\\');
	put(x, c);
}

static void
end_field(struct Expansion *x)
{
	x->field.text[x->field.length] = '\0';
	if (x->field.some && !add_field(x))
		x->ok = false;
	x->field.length = 0;
	x->field.some = false;
}

static void
put_value(struct Expansion *x, const char *value, bool quoted)
{
	for (; *value; value++)
		if (quoted || x->one || *value == '\\')
			put_quoted(x, *value);
		else if (*value == ' ' || *value == '\t')
			end_field(x);
		else
			put(x, *value);
}

// At a $: put the variable's value.  Returns where the word goes on.
static const char *
take_variable(struct Expansion *x, const char *s, bool quoted)
{
	const int brace = s[1] == '{';		// ${NAME}
	const char *name = s + 1 + brace;
	const int length = *name == '?' || *name == '!' ? 1 : name_length(name);

	if (length == 0 || (brace && name[length] != '}')) {
		put(x, '$');
		return s + 1;
	}
	put_value(x, var_get(name, length), quoted);
	return name + length + brace;
}

// At a ' or ": put what is within.  Returns where the word goes on.
static const char *
take_quoted(struct Expansion *x, const char *s)
{
	const char quote = *s++;

	x->field.some = true;
	while (*s != quote)
		if (quote == '"' && *s == '$')
			s = take_variable(x, s, true);
		else {
			if (quote == '"' && *s == '\\'
			    && strchr("\\\"$", s[1]))
				s++;
			put_quoted(x, *s++);
		}
	return s + 1;
}

static bool
expand_word(const char *s, struct Words *words, bool one)
{
	static struct Expansion x;

	x = (struct Expansion) { .words = words, .one = one, .ok = true };
	while (*s)
		switch (*s) {
		case '\'':
		case '"':
			s = take_quoted(&x, s);
			break;
		case '$':
			s = take_variable(&x, s, false);
			break;
		case '\\':
			s += s[1] != '\0';
			put_quoted(&x, *s++);
			break;
		default:
			put(&x, *s++);
		}
	x.field.some = x.field.some || one;
	end_field(&x);
	if (!x.ok)
		fprintf(2, "jsh: too many words, or too long\n");
	return x.ok;
}

bool
expand(const char *raw, struct Words *words)
{
	return expand_word(raw, words, false);
}

bool
expand_one(const char *raw, struct Words *words)
{
	return expand_word(raw, words, true);
}

// ----------------------------------------------------------- names of files

// Tries each length of what * stands for.
bool
glob_match(const char *pattern, const char *name)
{
	for (; *pattern; pattern++, name++) {
		if (*pattern == '*') {
			while (!glob_match(pattern + 1, name))
				if (*name++ == '\0')
					return false;
			return true;
		}
		if (*name == '\0')
			return false;
		if (*pattern == '?')
			continue;
		if (*pattern == '\\' && pattern[1])
			pattern++;
		if (*pattern != *name)
			return false;
	}
	return *name == '\0';
}

void
for_each_file(const char *dir, void (*each)(const char *name, void *arg),
	void *arg)
{
	const int fd = open(dir, O_RDONLY);
	struct File f;

	if (fd < 0)
		return;
	while (readn(fd, &f, sizeof(f)) == sizeof(f)) {
		f.f_name[MAXNAMELEN - 1] = '\0';
		if (f.f_name[0])
			each(f.f_name, arg);
	}
	close(fd);
}

static bool
is_pattern(const char *s)
{
	for (; *s; s++)
		if (*s == '\\' && s[1])
			s++;
		else if (*s == '*' || *s == '?')
			return true;
	return false;
}

// Add a word made of directory and name, without the backslashes.
static bool
add_word(struct Words *w, const char *dir, const char *name)
{
	const int size = strlen(dir) + strlen(name) + 1;
	char *to = w->text + w->used;

	if (w->n == MAXARGS || size > (int) sizeof(w->text) - w->used)
		return false;
	w->word[w->n++] = to;
	w->word[w->n] = NULL;
	for (const char *part = dir; part; part = part == dir ? name : NULL)
		for (const char *s = part; *s; s++) {
			if (*s == '\\' && s[1])
				s++;
			*to++ = *s;
		}
	*to++ = '\0';
	w->used = to - w->text;
	return true;
}

struct Glob {
	struct Words *words;
	const char *dir, *pattern;	// the field up to its last /; the rest
	int first;			// the first word that it gave
	bool ok;
};

// Names come in the directory's order: each goes before those greater than it.
static void
add_if_match(const char *name, void *arg)
{
	struct Glob *g = arg;
	struct Words *w = g->words;

	if (!glob_match(g->pattern, name)
	    || (name[0] == '.' && g->pattern[0] != '.'))
		return;
	if (!add_word(w, g->dir, name)) {
		g->ok = false;
		return;
	}
	for (int i = w->n - 1; i > g->first
	     && strcmp(w->word[i - 1], w->word[i]) > 0; i--) {
		char *greater = w->word[i - 1];

		w->word[i - 1] = w->word[i];
		w->word[i] = greater;
	}
}

// The field is complete: add the words that it stands for.
static bool
add_field(struct Expansion *x)
{
	struct Words *w = x->words;
	char *field = x->field.text, dir[LINESIZE], *slash = NULL;

	if (x->one || !is_pattern(field))
		return add_word(w, "", field);
	for (char *s = field; *s; s++)
		if (*s == '/')
			slash = s;
	dir[0] = '\0';
	if (slash)
		strlcpy(dir, field, MIN(slash + 2 - field, LINESIZE));

	struct Glob g = { w, dir, slash ? slash + 1 : field, w->n, true };

	for_each_file(slash ? dir : "/", add_if_match, &g);
	return g.ok && (w->n > g.first || add_word(w, "", field));
}
