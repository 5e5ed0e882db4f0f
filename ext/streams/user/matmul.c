// ext/streams/user/matmul.c - a product of matrices, by a grid of environments
// (C. A. R. Hoare, Communicating Sequential Processes, 1978, 6.2).
//
//	matmul [n]			n x n; 3
//
// The cell in row i and column j of the grid has one number, a[i][j].  Numbers
// of the other matrix come from the west, sums from the north:
//
//		    zeros
//		  |       |
//	source -> cell -> cell -> sink
//		  |       |
//	source -> cell -> cell -> sink
//		  |       |
//		   results
//
// A cell passes x on to the east, and to the south the sum with x * a[i][j]
// added.  So for each row of numbers that goes in at the source, a row of the
// product comes out in the south.  All cells work at the same time, each on
// another row.
//
// A cell tells west from north by receiving from one environment only, so this
// needs a kernel with sys_ipc_recv_from (lab 5).

#include <inc/x86.h>

#include <ext/test.h>

#define MAXN		8
#define ROWS		5		// of the matrix that goes in

static int n = 3;
static int32_t a[MAXN][MAXN], in[ROWS][MAXN];

static envid_t parent, sink;
static envid_t cells[MAXN][MAXN];

static void
send(envid_t to, int32_t number)
{
	int r = ipc_send_queued(to, number, NULL, 0);

	if (r < 0)
		panic("send to %08x: %e", to, r);
}

// ----------------------------------------------------- what environments do

// Its neighbours in the west and north are made after it, so the parent tells
// who they are.
static void
cell(int i, int j)
{
	const envid_t east = j == n - 1 ? sink : cells[i][j + 1];
	const envid_t south = i == n - 1 ? parent : cells[i + 1][j];
	const envid_t west = ipc_recv_from(parent, NULL);
	const envid_t north = ipc_recv_from(parent, NULL);

	for (int row = 0; row < ROWS; row++) {
		const int32_t x = ipc_recv_from(west, NULL);

		send(east, x);
		send(south, ipc_recv_from(north, NULL) + x * a[i][j]);
	}
}

static void
source(void)
{
	for (int row = 0; row < ROWS; row++)
		for (int i = 0; i < n; i++)
			send(cells[i][0], in[row][i]);
}

static void
zeros(void)
{
	for (int row = 0; row < ROWS; row++)
		for (int j = 0; j < n; j++)
			send(cells[0][j], 0);
}

// Whoever comes first
static void
swallow(void)
{
	for (int i = 0; i < ROWS * n; i++)
		ipc_recv(NULL, NULL, NULL);
}

// ---------------------------------------------------------------- the grid

static envid_t
start(void (*function)(void))
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		function();
		exit();
	}
	return child;
}

// From the southeast to the northwest, so that each cell inherits the ids of
// those that it sends to.
static void
start_cells(void)
{
	for (int i = n - 1; i >= 0; i--)
		for (int j = n - 1; j >= 0; j--)
			if ((cells[i][j] = fork_or_panic()) == 0) {
				cell(i, j);
				exit();
			}
}

// Some numbers, negative ones too, the same each time
static void
fill(void)
{
	uint32_t next = 1;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			a[i][j] = (int) ((next = next * 37 + 11) % 19) - 9;
	for (int row = 0; row < ROWS; row++)
		for (int i = 0; i < n; i++)
			in[row][i] = (int) ((next = next * 37 + 11) % 23) - 9;
}

// Receive the product, print it, and compare it with that of a plain loop.
static void
compare(void)
{
	for (int row = 0; row < ROWS; row++) {
		char line[128];		// printed in one piece
		int used = snprintf(line, sizeof(line), "row %d:", row);

		for (int j = 0; j < n; j++) {
			const int32_t got = ipc_recv_from(cells[n - 1][j], NULL);
			int32_t want = 0;

			for (int i = 0; i < n; i++)
				want += in[row][i] * a[i][j];
			if (got != want)
				panic("column %d is %d, not %d", j, got, want);
			used += snprintf(line + used, sizeof(line) - used,
				" %d", got);
		}
		cprintf("%s\n", line);
	}
}

void
umain(int argc, char **argv)
{
	if (argc > 1)
		n = strtol(argv[1], NULL, 10);
	if (n < 1 || n > MAXN)
		panic("n is 1 to %d", MAXN);
	wait_for_server();

	// Right under -icount shift=0 only
	const uint32_t start_time = read_tsc();
	const int before = free_envs();

	parent = thisenv->env_id;
	fill();

	sink = start(swallow);
	start_cells();

	envid_t west = start(source), north = start(zeros);
	const int made = before - free_envs();

	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			send(cells[i][j], j == 0 ? west : cells[i][j - 1]);
			send(cells[i][j], i == 0 ? north : cells[i - 1][j]);
		}
	compare();
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			wait(cells[i][j]);
	wait(west);
	wait(north);
	wait(sink);
	cprintf("| `matmul %d` | %d | %d |\n", n, made,
		(uint32_t) read_tsc() - start_time);
	cprintf("matmul ok\n");
}
