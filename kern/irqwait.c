// kern/irqwait.c - the file server sleeps until its disk interrupts.
//
// To the kernel, the interrupt means only that the server may want to look at
// the disk.  One that comes while the server is awake is kept: its next sleep
// is over at once, so that none is lost between looking and going to sleep.  A
// disk may stay silent, therefore every sleep has an end.
//
// The disk may be writing to the server's pages by itself, and a server that
// was ended cannot stop that.  So the server says beforehand which port does:
// no page may go to another environment while the disk still writes to it.
//
// Entry points: irq_wait; irqwait_take, irqwait_answer, irqwait_tick;
// irqwait_end.  Under the kernel lock, except for irqwait_take.

#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/irqwait.h>
#include <kern/picirq.h>
#include <kern/sleep.h>

#define TIMEOUT		10		// ticks until a sleep ends

const char disk_interrupt;

static int ticks_left;
static int stop_port;			// of the only server there is
static bool asked;			// a file server has waited for the disk
static volatile bool came;		// since the last sleep ended

int
irq_wait(struct Env *e, int port)
{
	stop_port = port;
	if (!asked) {
		asked = true;
		irq_setmask_8259A(irq_mask_8259A & ~(1 << IRQ_IDE));
	}
	if (came) {
		came = false;
		return 1;
	}
	ticks_left = TIMEOUT;
	sleep_on(e, &disk_interrupt);
	return 0;
}

bool
irqwait_take(uint32_t vector)
{
	if (vector != IRQ_OFFSET + IRQ_IDE || !asked)
		return false;
	came = true;
	pic_eoi(IRQ_IDE);
	return true;
}

struct Env *
irqwait_answer(void)
{
	struct Env *e = came ? first_sleeper(&disk_interrupt) : NULL;

	if (!e)
		return NULL;
	came = false;
	e->env_tf.tf_regs.reg_eax = 1;
	wakeup_env(e);
	return e;
}

void
irqwait_tick(void)
{
	if (ticks_left > 0 && --ticks_left == 0)
		wakeup(&disk_interrupt);
}

void
irqwait_end(const struct Env *e)
{
	if (e->env_type != ENV_TYPE_FS || stop_port == 0)
		return;
	outb(stop_port, 0);
	stop_port = 0;
}
