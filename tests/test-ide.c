// tests/test-ide.c - fs/ide.c on the host: is there a second drive?
//
// Behind the ports are two drives that do what each case says.  tests/test-ide
// builds and runs it; it prints what is wrong.

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Instead of inc/lib.h, inc/types.h and inc/x86.h
#define JOS_INC_LIB_H
#define JOS_INC_TYPES_H
#define JOS_INC_X86_H
#define physaddr_t uint32_t
#define uintptr_t uint32_t
#define ssize_t int32_t
#define off_t int32_t
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))
#define panic(...)	abort()
#define assert(x)	((x) ? (void) 0 : abort())
#define cprintf(...)	((void) 0)
#define USED(x)		((void) (x))

enum { E_UNSPECIFIED = 1, E_INVAL = 3 };

static uint8_t inb(int port);
static void outb(int port, uint8_t data);
static void insl(int port, void *addr, int count);
static void outsl(int port, const void *addr, int count);

static long yields;

static void
sys_yield(void)
{
	yields++;
}

#include <fs/ide.c>

// ------------------------------------------ instead of ramdisk.c and dma.c

bool
ram_begin(void)
{
	return false;
}

int
ram_move(uint32_t secno, void *mem, size_t nsecs, bool write)
{
	(void) secno, (void) mem, (void) nsecs, (void) write;
	return -1;
}

void dma_stop(void) { }

bool
dma_begin(int number)
{
	(void) number;
	return false;
}

bool
dma_command(int number, uint8_t cmd)
{
	(void) number, (void) cmd;
	return false;
}

bool
dma_transfer(int number, uint32_t secno, void *mem, size_t nsecs, bool write)
{
	(void) number, (void) secno, (void) mem, (void) nsecs, (void) write;
	return false;
}

// -------------------------------------------------------- behind the ports

#define FOR_EVER	1000000000

struct Case {
	const char *name;
	bool present;			// what ide_probe_disk1 is to find
	int absent;			// what the ports read; -1: it is there
	uint8_t after_reset;		// its status
	long busy;			// so many reads after reset
	long slow;			// so many after a command
	bool no_disk;			// refuses to say what it is, as ATAPI
};

static const struct Case cases[] = {
	{ "a disk", true, -1, IDE_DRDY, 0, 0, false },
	{ "a disk with an error left after reset", true, -1,
		IDE_DRDY | IDE_ERR, 0, 0, false },
	{ "a disk with a fault left after reset", true, -1,
		IDE_DRDY | IDE_DF, 0, 0, false },
	{ "a disk that is not ready yet", true, -1, 0x10, 0, 0, false },
	{ "a disk that is busy for a while", true, -1,
		IDE_DRDY | IDE_ERR, 5000, 5000, false },
	{ "a disk that is busy for ever", false, -1, IDE_DRDY, FOR_EVER, 0,
		false },
	{ "a disk that never answers", false, -1, IDE_DRDY, 0, FOR_EVER,
		false },
	{ "a disk that is busy and absent", false, IDE_BSY, 0, 0, 0, false },
	{ "no drive, the other one answers", false, 0x00, 0, 0, 0, false },
	{ "no drive, nobody answers", false, 0xFF, 0, 0, 0, false },
	{ "no drive, the lines float", false, 0x7F, 0, 0, 0, false },
	{ "no drive, ready for ever", false, IDE_DRDY, 0, 0, 0, false },
	{ "a CD", false, -1, 0x00, 0, 0, true },
	{ "a CD with an error left after reset", false, -1,
		IDE_DRDY | IDE_ERR, 0, 0, true },
};

static const struct Case *now;
static long reads, busy;
static int selected;
static uint8_t status[2];
static int words_left;

static void
reset(void)
{
	status[0] = IDE_DRDY;
	status[1] = now->after_reset;
	busy = now->busy;
	words_left = 0;
}

static uint8_t
inb(int port)
{
	reads++;
	if (port != IDE_STATUS && port != IDE_CONTROL)
		return 0;
	if (selected == 1 && now->absent >= 0)
		return now->absent;
	if (selected == 1 && busy > 0) {
		busy--;
		return IDE_BSY;
	}
	return status[selected];
}

static void
command(uint8_t cmd)
{
	if (selected == 1 && (now->absent >= 0 || busy > 0))
		return;
	if (selected == 1)
		busy = now->slow;
	if (cmd == IDE_CMD_IDENTIFY && !(selected == 1 && now->no_disk)) {
		status[selected] = IDE_DRDY | IDE_DRQ;
		words_left = SECTSIZE / 4;
	} else
		status[selected] = IDE_DRDY | IDE_ERR;
}

static void
outb(int port, uint8_t data)
{
	switch (port) {
	case IDE_DRIVE:
		selected = data >> 4 & 1;
		break;
	case IDE_COMMAND:
		command(data);
		break;
	case IDE_CONTROL:
		if (data & IDE_SRST)
			reset();
		break;
	}
}

static void
insl(int port, void *addr, int count)
{
	memset(addr, 0, 4 * count);
	if (port == IDE_DATA && (words_left -= count) <= 0)
		status[selected] = IDE_DRDY;
}

static void
outsl(int port, const void *addr, int count)
{
	(void) port, (void) addr, (void) count;
}

// ------------------------------------------------------------------- cases

#define MAX_READS	(4 * MAX_POLLS)	// and a test that ends

int
main(void)
{
	int wrong = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		now = &cases[i];
		reads = yields = words_left = 0;
		selected = 0;
		reset();

		bool present = ide_probe_disk1();
		bool right = present == now->present && reads < MAX_READS
			&& selected == 0 && (!present || words_left == 0)
			&& yields >= reads - 10 * QUICK_POLLS;

		printf("%s%s: %s, %ld reads, %ld yields\n",
			right ? "" : "WRONG: ", now->name,
			present ? "found" : "not found", reads, yields);
		wrong += !right;
	}
	return wrong > 0;
}
