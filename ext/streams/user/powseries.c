// ext/streams/user/powseries.c - power series as streams of coefficients
// (M. D. McIlroy, Squinting at Power Series, 1990).
//
// A series is an environment.  Whoever wants its next coefficient sends GET, and
// receives a fraction: four messages, the halves of its two numbers.  A coefficient is
// computed when it is asked for, so no series has an end.  A series asks others
// for what it needs, and waits for an answer from that environment only; thus
// this needs sys_ipc_recv_from (lab 5).
//
// The operators, for F = f + x F' and G = g + x G':
//
//	add	f + g, and so on
//	mul	the n-th coefficient is the sum of f_i g_(n-i)
//	derive	(n + 1) f_(n+1)
//	integrate	c, then f_n / (n + 1)
//	compose	F(G) = f + x (G' F'(G)), if g = 0
//
// compose makes F'(G), a composition again, and a product, when it is asked for
// its second coefficient: the n-th takes 2 n environments.  A series may be asked
// by one other, for it does not begin anew; `split' has one that may be asked by
// any number, each of which gets all coefficients.
//
// A series ends when it is sent END; before, it ends those that it has made.

#include <inc/x86.h>

#include <ext/test.h>

#define MAXTERMS	32		// coefficients that mul, split remember
#define MAXMADE		32		// series that one environment makes
#define MAXREADERS	32		// of a split

enum { GET = 1, END };

// ---------------------------------------------------------------- fractions

typedef struct {
	int64_t num;
	int64_t den;			// > 0; both have no common divisor
} frac;

static int64_t
gcd(int64_t a, int64_t b)
{
	while (b != 0) {
		const int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

static frac
fraction(int64_t num, int64_t den)
{
	const int64_t d = gcd(num, den);

	return (frac) { num / d, den / d };
}

static frac
plus(frac a, frac b)
{
	const int64_t d = gcd(a.den, b.den);

	return fraction(a.num * (b.den / d) + b.num * (a.den / d),
		a.den / d * b.den);
}

static frac
times(frac a, frac b)
{
	return fraction(a.num * b.num, a.den * b.den);
}

// ------------------------------------------------------------------ streams

typedef envid_t series;

static series made[MAXMADE];		// by this environment
static int nmade;

static void
send(envid_t to, int32_t number)
{
	int r = ipc_send_queued(to, number, NULL, 0);

	if (r < 0)
		panic("send to %08x: %e", to, r);
}

static void
send_long(envid_t to, int64_t number)
{
	send(to, number);
	send(to, number >> 32);
}

static int64_t
recv_long(envid_t from)
{
	const uint32_t low = ipc_recv_from(from, NULL);

	return (int64_t) ipc_recv_from(from, NULL) << 32 | low;
}

// The next coefficient
static frac
get(series from)
{
	frac f;

	send(from, GET);
	f.num = recv_long(from);
	f.den = recv_long(from);
	return f;
}

static void
end(series s)
{
	send(s, END);
	wait(s);
}

// Wait until somebody asks for a coefficient, and return who.  Ends this series
// if it is to end.
static envid_t
next_reader(void)
{
	envid_t who;

	if (ipc_recv(&who, NULL, NULL) == GET)
		return who;
	while (nmade > 0)
		end(made[--nmade]);
	exit();
}

static void
answer(envid_t reader, frac f)
{
	send_long(reader, f.num);
	send_long(reader, f.den);
}

static void
put(frac f)
{
	answer(next_reader(), f);
}

// Make a series: a child that runs function(f, g), which does not return.
static series
make(void (*function)(series f, series g), series f, series g)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		nmade = 0;
		function(f, g);
	}
	if (nmade == MAXMADE)
		panic("more than %d series", MAXMADE);
	return made[nmade++] = child;
}

// ---------------------------------------------------------------- operators

static void
run_add(series f, series g)
{
	for (;;) {
		const envid_t reader = next_reader();
		const frac a = get(f);

		answer(reader, plus(a, get(g)));
	}
}

static void
run_mul(series f, series g)
{
	static frac a[MAXTERMS], b[MAXTERMS];

	for (int n = 0; n < MAXTERMS; n++) {
		const envid_t reader = next_reader();
		frac sum = { 0, 1 };

		a[n] = get(f);
		b[n] = get(g);
		for (int i = 0; i <= n; i++)
			sum = plus(sum, times(a[i], b[n - i]));
		answer(reader, sum);
	}
	panic("more than %d terms", MAXTERMS);
}

static void
run_derive(series f, series unused)
{
	envid_t reader = next_reader();

	USED(unused);
	get(f);				// the derivative of a constant is 0
	for (int n = 1; ; n++) {
		answer(reader, times(get(f), fraction(n, 1)));
		reader = next_reader();
	}
}

// The constant is 0.
static void
run_integrate(series f, series unused)
{
	USED(unused);
	put(fraction(0, 1));
	for (int n = 1; ; n++) {
		const envid_t reader = next_reader();

		answer(reader, times(get(f), fraction(1, n)));
	}
}

// Readers are at different places: one may ask for the first coefficient when
// another has had ten.
static void
run_split(series f, series unused)
{
	static frac known[MAXTERMS];
	static struct {
		envid_t env;
		int next;		// coefficient that it gets
	} readers[MAXREADERS];
	int nknown = 0, nreaders = 0, i;

	USED(unused);
	for (;;) {
		const envid_t reader = next_reader();

		for (i = 0; i < nreaders && readers[i].env != reader; i++)
			;
		if (i == MAXREADERS || readers[i].next == MAXTERMS)
			panic("more than %d readers, or %d terms", MAXREADERS,
				MAXTERMS);
		if (i == nreaders)
			readers[nreaders++].env = reader;
		if (readers[i].next == nknown)
			known[nknown++] = get(f);
		answer(reader, known[readers[i].next++]);
	}
}

// F(G), where g is a split of G' = (G - g) / x
static void
run_compose_rest(series f, series g)
{
	envid_t reader = next_reader();

	answer(reader, get(f));
	reader = next_reader();

	const series inner = make(run_compose_rest, f, g);
	const series product = make(run_mul, g, inner);

	for (;;) {
		answer(reader, get(product));
		reader = next_reader();
	}
}

static series
compose(series f, series g)
{
	if (get(g).num != 0)
		panic("G has a constant");
	return make(run_compose_rest, f, make(run_split, g, 0));
}

// ------------------------------------------------------------- known series

// sin x = x - x^3/3! + x^5/5! ...
static void
run_sin(series unused, series unused2)
{
	frac term = { 1, 1 };

	USED(unused);
	USED(unused2);
	for (int n = 1; ; n += 2) {
		put(fraction(0, 1));
		put(term);
		term = times(term, fraction(-1, (n + 1) * (n + 2)));
	}
}

// x + x^3
static void
run_inner(series unused, series unused2)
{
	USED(unused);
	USED(unused2);
	for (int n = 0; ; n++)
		put(fraction(n == 1 || n == 3, 1));
}

// --------------------------------------------------------------------- main

// In one piece, so that no other environment's text comes in between
static void
print(const char *name, series s, int terms)
{
	char line[256];
	int used = snprintf(line, sizeof(line), "%s:", name);

	for (int n = 0; n < terms; n++) {
		const frac f = get(s);

		if (f.num == 0)
			continue;
		used += snprintf(line + used, sizeof(line) - used, " %lld",
			f.num);
		if (f.den != 1)
			used += snprintf(line + used, sizeof(line) - used,
				"/%lld", f.den);
		used += snprintf(line + used, sizeof(line) - used, " x^%d", n);
	}
	cprintf("%s\n", line);
}

static series
new_sin(void)
{
	return make(run_sin, 0, 0);
}

static series
new_inner(void)
{
	return make(run_inner, 0, 0);
}

void
umain(int argc, char **argv)
{
	wait_for_server();

	// Right under -icount shift=0 only
	const uint32_t start_time = read_tsc();
	const int before = free_envs();

	USED(argc);
	USED(argv);
	print("sin x", new_sin(), 8);
	print("sin x + (x + x^3)", make(run_add, new_sin(), new_inner()), 8);
	print("cos x", make(run_derive, new_sin(), 0), 8);
	print("1 - cos x", make(run_integrate, new_sin(), 0), 8);

	const series split = make(run_split, new_sin(), 0);

	// A series that multiplied itself would ask two coefficients at a time
	print("sin x (x + x^3)", make(run_mul, split, new_inner()), 8);
	print("sin x again", split, 8);
	print("sin(x + x^3)", compose(new_sin(), new_inner()), 12);
	const int had = before - free_envs();

	while (nmade > 0)
		end(made[--nmade]);
	if (free_envs() != before)
		panic("%d environments are left", before - free_envs());
	cprintf("| `powseries` | %d | %d |\n", had,
		(uint32_t) read_tsc() - start_time);
	cprintf("powseries ok\n");
}
