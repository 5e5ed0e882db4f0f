// ext/shell/lib/complete.c - what Tab adds to a line.
//
// The first word of a command is completed to the name of a program, others to
// the name of a file.
//
// Entry point: complete.

#include <inc/elf.h>

#include <ext/shell/sh.h>

struct Search {
	const char *prefix;
	int length;			// of prefix
	bool programs;			// nothing else
	bool show;			// print each name
	int found;
	char common[MAXNAMELEN];	// the beginning of all that were found
};

static bool
is_program(const char *name)
{
	char path[MAXNAMELEN + 1];
	uint32_t magic = 0;

	snprintf(path, sizeof(path), "/%s", name);

	const int fd = open(path, O_RDONLY);

	if (fd < 0)
		return false;
	read(fd, &magic, sizeof(magic));
	close(fd);
	return magic == ELF_MAGIC;
}

static void
consider(const char *name, void *arg)
{
	struct Search *s = arg;
	int same = 0;

	if (strncmp(name, s->prefix, s->length) != 0
	    || (s->programs && !is_program(name)))
		return;
	if (s->show)
		cprintf("%s%s", s->found ? " " : "", name);
	if (s->found++ == 0)
		strlcpy(s->common, name, sizeof(s->common));
	while (name[same] && name[same] == s->common[same])
		same++;
	s->common[same] = '\0';
}

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

int
complete(const char *text, int length, char *more, int size, bool show)
{
	char prefix[LINESIZE];
	struct Search s = { .prefix = prefix, .show = show };
	int word = length, before;

	while (word > 0 && !is_in(text[word - 1], " \t<>|&;()"))
		word--;
	for (before = word; before > 0 && text[before - 1] == ' '; before--)
		;
	s.programs = before == 0 || is_in(text[before - 1], "|&;(");
	if (word < length && text[word] == '/')
		word++;			// all are in the root directory
	s.length = length - word;
	memcpy(prefix, text + word, s.length);
	prefix[s.length] = '\0';

	for_each_file("/", consider, &s);
	more[0] = '\0';
	if (s.found > 0)
		snprintf(more, size, "%s%s", s.common + s.length,
			s.found == 1 ? " " : "");
	return s.found;
}
