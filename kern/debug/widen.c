// kern/debug/widen.c - random delays, to find races.
//
// A race whose window is a few instructions wide is lost once in a million
// times.  With fw_cfg opt/jos/widen=SEED, CPUs wait a random time now and then
// where such windows could be: when they have taken the kernel lock, before and
// after they release it, on their way to sleep while they wait for it, before
// they send an IPI and when they take one, between the steps of an IPI request,
// and where the status of an environment or a CPU changes.
//
// Entry points: widen_init, widen.

#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/random.h>
#include <kern/debug/widen.h>
#include <kern/dev/fwcfg.h>

bool widened;
static uint32_t state[NCPU];

void
widen_init(void)
{
	char setting[16];

	if (fwcfg_string("opt/jos/widen", setting, sizeof(setting)) < 0)
		return;

	const uint32_t seed = strtol(setting, NULL, 0);

	cprintf("Windows are widened, seed %u.\n", seed);
	for (uint32_t i = 0; i < NCPU; i++)
		state[i] = random_begin(seed, i);
	widened = true;
}

// Three times out of four there is no delay.  Else the loop has up to 16,383
// rounds, and each power of two is equally likely.  On pause(), QEMU with one
// thread for all CPUs switches to another CPU.
void
widen_delay(void)
{
	const uint32_t r = random_next(&state[cpunum()]);

	if (r & 3)
		return;
	for (uint32_t n = (r >> 4 & 0x3fff) >> (r >> 28); n > 0; n--)
		__asm__ volatile("");
	if ((r & 0xc) == 0)
		pause();
}
