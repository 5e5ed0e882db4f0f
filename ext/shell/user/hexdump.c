// ext/shell/user/hexdump.c - prints the bytes of files, or of its input, in
// hexadecimal and as text, 16 in a row.
//
//	hexdump [file...]

#include <ext/shell/tool.h>

#define ROW		16

static void
print_row(uint32_t at, const uint8_t *row, int n)
{
	char text[ROW + 1];

	printf("%08x ", at);
	for (int i = 0; i < ROW; i++) {
		if (i < n)
			printf(" %02x", row[i]);
		else
			printf("   ");
		text[i] = row[i] >= ' ' && row[i] < 0x7F ? row[i] : '.';
	}
	text[n] = '\0';
	printf("  |%s|\n", text);
}

static void
dump(int fd, const char *name)
{
	uint8_t row[ROW] = { 0 };
	uint32_t at = 0;
	int n;

	for (; (n = readn(fd, row, ROW)) > 0; at += n)
		print_row(at, row, n);
	if (n < 0)
		complain("%s: %e", name, n);
	printf("%08x\n", at);
}

void
umain(int argc, char **argv)
{
	binaryname = "hexdump";
	for_each_input(argc, argv, dump);
	exit_with(tool_status);
}
