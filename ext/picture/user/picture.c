// ext/picture/user/picture.c - the Mandelbrot set in characters, drawn by
// several environments with floating point.
//
//	picture [environments]		1 to 16; 4
//
// Each point c of the plane is a character, which says after how many steps of
// z = z * z + c the distance of z from 0 is more than 2.  The environments take
// turns: environment i draws rows i, i + n, i + 2 n ...  All draw into one page,
// and all are interrupted in the midst of it: each must find its floating-point
// registers as it left them.

#include <inc/lib.h>

#define COLUMNS		64
#define ROWS		24
#define STEPS		28		// after so many, z stays near 0
#define MAXDRAWERS	16
#define ROUNDS		40		// each row so often, to be interrupted

#define SHARED		((char *) 0x10000000)

static char *
row(int y)
{
	return SHARED + y * (COLUMNS + 1);
}

static int
steps(double cx, double cy)
{
	double x = 0, y = 0;
	int n = 0;

	for (; n < STEPS && x * x + y * y <= 4; n++) {
		const double new_x = x * x - y * y + cx;

		y = 2 * x * y + cy;
		x = new_x;
	}
	return n;
}

static void
draw_row(int y)
{
	static const char shades[] = " .,:;i1tfLCG08@#";
	const double cy = (y - (ROWS - 1) / 2.0) / 10;

	for (int x = 0; x < COLUMNS; x++) {
		const int n = steps((x - 45.0) / 21, cy);

		row(y)[x] = n == STEPS ? '#' : shades[n / 2];
	}
	row(y)[COLUMNS] = '\n';
}

static envid_t
start_drawer(int first, int drawers)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		for (int i = 0; i < ROUNDS; i++)
			for (int y = first; y < ROWS; y += drawers)
				draw_row(y);
		exit();
	}
	return child;
}

_Static_assert(ROWS * (COLUMNS + 1) <= PGSIZE, "one page");

void
umain(int argc, char **argv)
{
	const int drawers = argc > 1 ? strtol(argv[1], NULL, 10) : 4;
	envid_t drawer[MAXDRAWERS];
	int r;

	if (drawers < 1 || drawers > MAXDRAWERS)
		panic("1 to %d environments", MAXDRAWERS);
	if ((r = sys_page_alloc(0, SHARED, PTE_P | PTE_U | PTE_W | PTE_SHARE))
	    < 0)
		panic("page: %e", r);
	for (int i = 0; i < drawers; i++)
		drawer[i] = start_drawer(i, drawers);
	for (int i = 0; i < drawers; i++)
		wait(drawer[i]);
	for (int y = 0; y < ROWS; y++)
		sys_cputs(row(y), COLUMNS + 1);
	cprintf("picture ok\n");
}
