// kern/irqwait.c - the file server sleeps until its disk interrupts.
//
// To the kernel, a disk interrupt only means that the server may want to read
// the disk's status.  An interrupt that comes while the server is awake stays
// pending and ends the server's next sleep at once, so that none is lost
// between reading the status and going to sleep.  A disk may fail to interrupt,
// so every sleep has a timeout.
//
// The disk may write to the server's pages by DMA even after the server has
// ended.  So the server tells irq_wait the port that stops the DMA, and the
// kernel writes to it before it frees the pages.
//
// Entry points: irq_wait; irqwait_take, irqwait_wake_server, irqwait_tick;
// irqwait_end.  Under the kernel lock, except for irqwait_take.

#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/irqwait.h>
#include <kern/picirq.h>
#include <kern/sleep.h>

#define TIMEOUT		10		// of a sleep, in ticks

const char disk_interrupt;

static int ticks_left;
static int stop_port;			// of the only file server
static bool enabled;			// by the first call of irq_wait
static volatile bool pending;		// no sleep has taken the interrupt yet

int
irq_wait(struct Env *e, int port)
{
	stop_port = port;
	if (!enabled) {
		enabled = true;
		irq_setmask_8259A(irq_mask_8259A & ~(1 << IRQ_IDE));
	}
	if (pending) {
		pending = false;
		return 1;
	}
	ticks_left = TIMEOUT;
	sleep_on(e, &disk_interrupt);
	return 0;
}

bool
irqwait_take(uint32_t vector)
{
	if (vector != IRQ_OFFSET + IRQ_IDE || !enabled)
		return false;
	pending = true;
	pic_eoi(IRQ_IDE);
	return true;
}

struct Env *
irqwait_wake_server(void)
{
	struct Env *e = pending ? first_sleeper(&disk_interrupt) : NULL;

	if (!e)
		return NULL;
	pending = false;
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
