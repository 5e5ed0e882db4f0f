/* tests/lock.pml - kern/spinlock.[ch] as a model, for the model checker spin.
 *
 * tests/test-lockmodel checks it.  Each step of the model, mostly one `atomic',
 * reads or writes once what CPUs share, and spin tries all orders of all CPUs'
 * steps.  Processors do the same here, for all of these writes are locked
 * instructions.
 *
 * Each CPU runs a program, for as long as it likes, or for ever; then it takes
 * the lock, has it, and gives it up.  Nothing but an IPI wakes a CPU that
 * sleeps: in the kernel a tick does, too, but nobody must depend on that.
 *
 * Claims:
 *   - one CPU at a time has the lock (the assertions)
 *   - a CPU that waits for the lock gets it (served), if each CPU that can do a
 *     step does one now and then, and whatever the others do
 * The second is claimed of CPU 0 only; the others are like it, as a step from
 * each CPU to the next changes nothing.
 *
 * A mistake can be put in, to see that it is found:
 *   -DNO_SECOND_LOOK	a CPU does not look at the lock between putting its bit
 *			in waiting and going to sleep
 *   -DNOT_SLOW		a CPU that goes to sleep does not set SPIN_SLOW
 *   -DSLOW_TOO_EARLY	... or before it puts its bit in waiting
 *   -DWAKE_TOO_EARLY	wake_waiter() sends the IPI before it clears the bit
 *   -DNO_HAND_OVER	starving is ignored
 *   -DTWO_STEPS	after handing over, the former holder looks again at
 *			whether the other CPU is still starving, and frees the
 *			lock if not
 */

#define NCPU	3
#define MAX_SLEEPS	1
#define FREE	NCPU
#define BIT(i)	(1 << (i))

byte cpu = FREE;		/* who has the lock: the field holder ... */
bool slow;			/* ... and its bit SPIN_SLOW */
byte waiting, starving;		/* a bit each */
bool ipi[NCPU];			/* sent, and not taken yet */
bool wants[NCPU];		/* for the claim */

/* Set n to the first of these CPUs in circular order from the one after us */
inline next_of(these)
{
	n = (me + 1) % NCPU;
	do
	:: these & BIT(n) -> break
	:: else -> n = (n + 1) % NCPU
	od
}

/* Is the lock ours?  Read it; if it is free, compare and swap. */
inline try_lock()
{
	if
	:: atomic { cpu == me && slow -> goto mine }
	:: atomic { cpu == FREE -> seen = slow }
		if
		:: atomic { cpu == FREE && slow == seen ->
			cpu = me; slow = true; seen = false; goto mine }
		:: atomic { !(cpu == FREE && slow == seen) -> seen = false }
		fi
	:: cpu != me && cpu != FREE
	fi
}

proctype Cpu(byte me)
{
	byte n;			/* a CPU */
	bool seen;		/* what slow was */
	byte sleeps;		/* how often it went to sleep, in this wait */

user:
	do
	:: atomic { ipi[me] -> ipi[me] = false }
	:: break
	:: goto ended
	od;

	/* spin_lock */
	atomic {
		wants[me] = true;
		if
		:: cpu == FREE && !slow -> cpu = me; goto taken
		:: else
		fi
	}

again:	/* spin_lock_slow; how often it looks in a row makes no difference */
	try_lock();
#ifdef SLOW_TOO_EARLY
	slow = true;
#endif
	atomic {
		if
		:: !(waiting & BIT(me)) && sleeps <= MAX_SLEEPS -> sleeps++
		:: else
		fi;
		waiting = waiting | BIT(me)
	}
	if
	:: atomic { sleeps > MAX_SLEEPS -> starving = starving | BIT(me) }
	:: else
	fi;
#if !defined NOT_SLOW && !defined SLOW_TOO_EARLY
	slow = true;
#endif
#ifndef NO_SECOND_LOOK
	try_lock();
#endif
	atomic { ipi[me] -> ipi[me] = false; goto again }

mine:
	waiting = waiting & ~BIT(me);
	if
	:: atomic { sleeps > MAX_SLEEPS -> starving = starving & ~BIT(me) }
	:: else
	fi;

taken:
	atomic { assert(cpu == me); wants[me] = false; sleeps = 0 }

	/* spin_unlock */
	atomic {
		assert(cpu == me);
		if
		:: !slow -> cpu = FREE; goto user
		:: else
		fi
	}

	/* spin_unlock_slow */
#ifndef NO_HAND_OVER
	atomic {
		if
		:: starving != 0 -> next_of(starving)
		:: else -> goto nobody
		fi
	}
	atomic { assert(cpu == me); cpu = n; slow = true }
#ifdef TWO_STEPS
	if
	:: atomic { !(starving & BIT(n)) -> cpu = FREE }
	:: else
	fi;
#endif
	atomic { ipi[n] = true; n = 0; goto user }
nobody:
#endif
	seen = (waiting != 0);
	atomic { assert(cpu == me); cpu = FREE; slow = seen; seen = false }
	atomic {
		if
		:: waiting == 0 -> goto user
		:: else -> next_of(waiting)
		fi
	}
#ifdef WAKE_TOO_EARLY
	ipi[n] = true;
	atomic { waiting = waiting & ~BIT(n); n = 0; goto user }
#else
	waiting = waiting & ~BIT(n);
	atomic { ipi[n] = true; n = 0; goto user }
#endif

ended:	/* the program runs on for ever; interrupts come */
end:
	do
	:: atomic { ipi[me] -> ipi[me] = false }
	od
}

init
{
	byte i;

	atomic {
		for (i : 0 .. NCPU - 1) {
			run Cpu(i)
		}
	}
}

ltl served { [] (wants[0] -> <> !wants[0]) }
