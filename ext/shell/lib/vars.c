// ext/shell/lib/vars.c - the shell's variables.
//
// $? and $! are variables like others, but that no line can assign to them,
// since name_length takes them for no names.
//
// Entry points: var_get, var_set, name_length.

#include <ext/shell/sh.h>

#define MAXVARS		32
#define MAXVALUE	256		// with its NUL

static struct {
	char name[MAXNAME];
	char value[MAXVALUE];
} vars[MAXVARS] = { { "?", "0" } };
static int nvars = 1;

static int
find(const char *name, int length)
{
	int i = 0;

	while (i < nvars && (strlen(vars[i].name) != length
	       || memcmp(vars[i].name, name, length) != 0))
		i++;
	return i;
}

const char *
var_get(const char *name, int length)
{
	const int i = find(name, length);

	return i < nvars ? vars[i].value : "";
}

bool
var_set(const char *name, int length, const char *value)
{
	const int i = find(name, length);

	if (i == MAXVARS || length >= MAXNAME || strlen(value) >= MAXVALUE)
		return false;
	memcpy(vars[i].name, name, length);
	vars[i].name[length] = '\0';
	strcpy(vars[i].value, value);
	nvars = MAX(nvars, i + 1);
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

int
name_length(const char *s)
{
	int n = 0;

	while (is_letter(s[n]) || (n > 0 && s[n] >= '0' && s[n] <= '9'))
		n++;
	return n;
}
