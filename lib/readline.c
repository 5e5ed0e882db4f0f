// lib/readline.c - lines typed at the console: the line discipline, for the
// kernel's monitor and for programs.
//
// Input is read a line at a time (canonical mode).  Keys are echoed, and the
// line can be edited until Enter completes it:
//
//	Enter			CR or newline: ends the line
//	Backspace, Delete, ^H	erase a character; ^W a word, ^U the line
//	^D			ends the line without a newline; an empty line
//				is the end of the file
//	^C			drops the line
//	up, down		earlier lines, for readline
//
// Other keys without a character do nothing, whether they come as one code from
// the keyboard or as an escape sequence from a terminal (ECMA-48, 5.4).
//
// In the kernel, kern/tty.c also calls typed_key, for programs that read the
// console as a file.
//
// Entry points: readline; typed_key.
// Calls getkey, getchar, cputchar and iscons, which the kernel and programs
// have each in their own way.

#include <inc/error.h>
#include <inc/kbdreg.h>
#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/typed.h>

#define CTRL(letter)	((letter) & 0x1F)
#define ESCAPE		CTRL('[')
#define DELETE		0x7F

// These two are for the kernel.  In programs, lib/console.c replaces both.
void __attribute__((weak))
readline_prompt(const char *prompt)
{
	cprintf("%s", prompt);
}

int __attribute__((weak))
getkey(void)
{
	return getchar();
}

// ------------------------------------------------------------------- keys

// Returns c, or the key whose escape sequence c completes; 0 for no key.
static int
key_of(struct Typed *t, int c)
{
	if (c == ESCAPE || c < ' ') {	// begins a sequence, or breaks it off
		t->state = c == ESCAPE ? AFTER_ESCAPE : IN_TEXT;
		return c == ESCAPE ? 0 : c;
	}
	switch (t->state) {
	case AFTER_ESCAPE:
		t->state = c == '[' || c == 'O' ? IN_SEQUENCE : IN_TEXT;
		return 0;
	case IN_SEQUENCE:
		if (c < '@')		// a parameter
			return 0;
		t->state = c == '[' ? FUNCTION_KEY : IN_TEXT;
		return c == 'A' ? KEY_UP : c == 'B' ? KEY_DN : 0;
	case FUNCTION_KEY:		// F1 is ESC [ [ A on Linux
		t->state = IN_TEXT;
		return 0;
	default:
		return c;
	}
}

static bool
is_text(int c)
{
	return c >= ' ' && c != DELETE && !(c >= KEY_HOME && c <= KEY_DEL);
}

// ----------------------------------------------------------------- editing

static void
insert(struct Typed *t, int c)
{
	if (t->len == LINELEN - 1)	// leave room for a newline
		return;
	t->text[t->len++] = c;
	cputchar(c);
}

// Erases one character: in UTF-8, all bytes but its first are 10xxxxxx.
static void
erase(struct Typed *t)
{
	while (t->len > 0 && (t->text[--t->len] & 0xC0) == 0x80)
		;
	cputchar('\b');
}

static void
erase_word(struct Typed *t)
{
	while (t->len > 0 && t->text[t->len - 1] == ' ')
		erase(t);
	while (t->len > 0 && t->text[t->len - 1] != ' ')
		erase(t);
}

static void
erase_line(struct Typed *t)
{
	while (t->len > 0)
		erase(t);
}

// ----------------------------------------------------------------- history

static void
remember(struct History *h, const char *line)
{
	const int size = strlen(line) + 1;

	if (size == 1)
		return;
	while (h->used + size > (int) sizeof(h->lines)) {
		const int oldest = strlen(h->lines) + 1;

		h->used -= oldest;
		memmove(h->lines, h->lines + oldest, h->used);
	}
	memcpy(h->lines + h->used, line, size);
	h->used += size;
}

// Where the age-th last line begins; -1 if h does not reach back so far.
static int
find_line(const struct History *h, int age)
{
	int at = h->used;

	for (; age > 0 && at > 0; age--)
		for (at--; at > 0 && h->lines[at - 1]; at--)
			;
	return age > 0 ? -1 : at;
}

// Replace the line by the age-th last one, if there is one; for age 0, by an
// empty line.
static void
show_earlier(struct Typed *t, int age)
{
	const int at = t->history && age >= 0 ? find_line(t->history, age) : -1;

	if (at < 0)
		return;
	erase_line(t);
	t->age = age;
	for (const char *s = t->history->lines + at; age > 0 && *s; s++)
		insert(t, *s);
}

// ------------------------------------------------------------------- lines

bool
typed_key(struct Typed *t, int c)
{
	switch (c = key_of(t, c)) {
	case '\r':
	case '\n':
		cputchar('\n');
		t->text[t->len++] = '\n';
		return true;
	case CTRL('D'):
		return true;
	case '\b':
	case DELETE:
		if (t->len > 0)
			erase(t);
		break;
	case CTRL('W'):
		erase_word(t);
		break;
	case CTRL('U'):
		erase_line(t);
		break;
	case CTRL('C'):
		cprintf("^C\n");
		t->len = t->age = 0;
		if (t->prompt)
			readline_prompt(t->prompt);
		break;
	case KEY_UP:
		show_earlier(t, t->age + 1);
		break;
	case KEY_DN:
		show_earlier(t, t->age - 1);
		break;
	case '\t':
		if (t->history)
			break;		// readline takes no tabs
		// fall through
	default:
		if (is_text(c) || c == '\t')
			insert(t, c);
	}
	return false;
}

// read_typed reads a line of keys from the console, read_file a line of the
// file that is descriptor 0.  Both return 0 or an error of the input; a line
// without a newline was ended by ^D or the end of the file.
static int
read_typed(struct Typed *t)
{
	int c;

	do
		if ((c = getkey()) < 0)
			return c;
	while (!typed_key(t, c));
	return 0;
}

static int
read_file(struct Typed *t)
{
	int c;

	while ((c = getchar()) >= 0 && c != '\n' && c != '\r')
		if (c == '\b' || c == DELETE)
			t->len -= t->len > 0;
		else if (c >= ' ' && t->len < LINELEN - 1)
			t->text[t->len++] = c;
	if (c >= 0)
		t->text[t->len++] = '\n';
	return c >= 0 || c == -E_EOF ? 0 : c;
}

// If the input ends within a line, returns that line, and NULL the next time.
char *
readline(const char *prompt)
{
	static struct History history;
	static struct Typed t;
	const bool typed = iscons(0) > 0;
	int r;

	if (prompt != NULL)
		readline_prompt(prompt);
	t.len = t.age = 0;
	t.prompt = prompt;
	t.history = &history;
	if ((r = typed ? read_typed(&t) : read_file(&t)) < 0)
		cprintf("read error: %e\n", r);
	if (r < 0 || t.len == 0)
		return NULL;
	if (t.text[t.len - 1] == '\n')
		t.len--;
	else if (typed)
		cputchar('\n');		// ^D prints none
	t.text[t.len] = '\0';
	if (typed)
		remember(&history, t.text);
	return t.text;
}
