// ext/shell/lib/edit.c - a line is typed at the console, and edited.
//
//	left, right, ^B, ^F	move the cursor; Home, End, ^A, ^E to the ends
//	Backspace, Delete, ^D	erase a character; ^W a word, ^K the rest, ^U all
//	up, down, ^P, ^N	earlier lines
//	Tab			completes a name; again: shows what is possible
//	^C			drops the line
//	^D			in an empty line: the end
//
// The console has no way to move the cursor to the left without erasing, except
// a carriage return.  So to show a change within the line, it is written anew
// from its beginning, and again as far as the cursor.  A line that is too long
// for a row of the screen is shown in part, around the cursor.
//
// Entry point: edit_line.

#include <inc/kbdreg.h>

#include <ext/shell/sh.h>

#define CTRL(letter)	((letter) & 0x1F)
#define ESCAPE		CTRL('[')

#define COLUMNS		79		// in the last one, the screen scrolls
#define HISTORY		32		// lines

static const char *prompt;
static char text[LINESIZE];
static int length;			// of text
static int cursor;			// before which byte of text
static int start;			// the first byte that is shown
static int shown;			// how many bytes are

static char earlier[HISTORY][LINESIZE];
static int nearlier;			// all that there ever were
static int age;				// 1: the last one; 0: the new line
static char draft[LINESIZE];		// the new line, while age > 0

// ------------------------------------------------------------------- keys

// The rest of an escape sequence (ECMA-48, 5.4), as a terminal sends it
static int
escaped_key(void)
{
	int c = getkey(), number = 0;

	if (c != '[' && c != 'O')
		return 0;
	while ((c = getkey()) >= ' ' && c < '@')
		number = c >= '0' && c <= '9' ? number * 10 + c - '0' : 0;
	switch (c) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DN;
	case 'C':
		return KEY_RT;
	case 'D':
		return KEY_LF;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case '~':
		return number == 1 ? KEY_HOME : number == 3 ? KEY_DEL
			: number == 4 ? KEY_END : 0;
	default:
		return 0;
	}
}

// --------------------------------------------------------------- the screen

static void
show(const char *s, int n)
{
	sys_cputs(s, n);
}

// Write the line, with its cursor, in a row that has it already or, if `anew',
// is empty.
static void
draw(bool anew)
{
	const int room = COLUMNS - strlen(prompt);
	static char row[2 * (COLUMNS + 2)];
	const int before = shown;
	int n;

	if (cursor < start || cursor - start > room)
		start = MAX(cursor - room / 2, 0);
	if (length <= room)
		start = 0;
	shown = MIN(length - start, room);
	n = snprintf(row, sizeof(row), "%s%s", anew ? "" : "\r", prompt);
	memcpy(row + n, text + start, shown);
	n += shown;
	if (shown < before) {
		memset(row + n, ' ', before - shown);
		n += before - shown;
	}
	show(row, n);
	if (shown >= before && cursor == start + shown)
		return;
	n = snprintf(row, sizeof(row), "\r%s", prompt);
	memcpy(row + n, text + start, cursor - start);
	show(row, n + cursor - start);
}

static void
redraw(void)
{
	draw(false);
}

static void
begin_row(void)
{
	start = shown = 0;
	draw(true);
}

// ----------------------------------------------------------------- editing

// A character of UTF-8 has more than one byte: all but the first are 10xxxxxx.
static bool
within_character(int at)
{
	return at < length && (text[at] & 0xC0) == 0x80;
}

static int
left_of(int at)
{
	if (at > 0)
		while (within_character(--at))
			;
	return at;
}

static int
right_of(int at)
{
	if (at < length)
		while (within_character(++at))
			;
	return at;
}

static int
word_left_of(int at)
{
	while (at > 0 && text[at - 1] == ' ')
		at--;
	while (at > 0 && text[at - 1] != ' ')
		at--;
	return at;
}

// A character at the end of a line that fits needs no more than an echo.
static void
insert(const char *s, int n)
{
	const bool at_end = cursor == length;
	const int room = COLUMNS - strlen(prompt);

	if (length + n >= LINESIZE)
		return;
	memmove(text + cursor + n, text + cursor, length - cursor);
	memcpy(text + cursor, s, n);
	length += n;
	cursor += n;
	if (at_end && start == 0 && length <= room) {
		shown = length;
		show(s, n);
	} else
		redraw();
}

// Erase from one place to another, where the cursor goes.
static void
erase(int from, int to)
{
	const bool last = to == length && from == length - 1;

	if (from == to)
		return;
	memmove(text + from, text + to, length - to);
	length -= to - from;
	cursor = from;
	if (last && start == 0 && shown == length + 1) {
		shown = length;
		show("\b", 1);
	} else
		redraw();
}

static void
move(int to)
{
	if (to == cursor)
		return;
	cursor = to;
	redraw();
}

// Replace the line by an earlier one, or by the new one for age 0.
static void
recall(int new_age)
{
	if (new_age < 0 || new_age > MIN(nearlier, HISTORY))
		return;
	text[length] = '\0';
	if (age == 0)
		strcpy(draft, text);
	age = new_age;
	strcpy(text, age == 0 ? draft : earlier[(nearlier - age) % HISTORY]);
	length = cursor = strlen(text);
	redraw();
}

static void
remember(void)
{
	if (length > 0)
		strcpy(earlier[nearlier++ % HISTORY], text);
}

// A second Tab shows the names, if the first could not tell which is meant.
static void
tab(bool again)
{
	char more[MAXNAMELEN + 1];

	complete(text, cursor, more, sizeof(more), false);
	if (more[0])
		insert(more, strlen(more));
	else if (again) {
		show("\n", 1);
		if (complete(text, cursor, more, sizeof(more), true) > 0)
			show("\n", 1);
		begin_row();
	}
}

// Returns false if the line is complete.
static bool
take_key(int c, int last)
{
	const char byte = c;

	switch (c) {
	case '\n':
	case '\r':
		return false;
	case KEY_LF:
	case CTRL('B'):
		move(left_of(cursor));
		break;
	case KEY_RT:
	case CTRL('F'):
		move(right_of(cursor));
		break;
	case KEY_HOME:
	case CTRL('A'):
		move(0);
		break;
	case KEY_END:
	case CTRL('E'):
		move(length);
		break;
	case '\b':
	case 0x7F:
		erase(left_of(cursor), cursor);
		break;
	case KEY_DEL:
	case CTRL('D'):
		erase(cursor, right_of(cursor));
		break;
	case CTRL('W'):
		erase(word_left_of(cursor), cursor);
		break;
	case CTRL('K'):
		erase(cursor, length);
		break;
	case CTRL('U'):
		erase(0, length);
		break;
	case KEY_UP:
	case CTRL('P'):
		recall(age + 1);
		break;
	case KEY_DN:
	case CTRL('N'):
		recall(age - 1);
		break;
	case '\t':
		tab(last == '\t');
		break;
	case CTRL('C'):
		show("^C\n", 3);
		length = cursor = age = 0;
		begin_row();
		break;
	default:
		if ((c >= ' ' && c < 0x7F) || (c & KEY_TEXT))
			insert(&byte, 1);
	}
	return true;
}

char *
edit_line(const char *with_prompt)
{
	int c, last = 0;

	prompt = with_prompt;
	length = cursor = age = 0;
	begin_row();
	for (;; last = c) {
		if ((c = getkey()) == ESCAPE)
			c = escaped_key();
		if (c < 0 || (c == CTRL('D') && length == 0)) {
			show("\n", 1);
			return NULL;
		}
		if (!take_key(c, last))
			break;
	}
	move(length);
	show("\n", 1);
	text[length] = '\0';
	remember();
	return text;
}
