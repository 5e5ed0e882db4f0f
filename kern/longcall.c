// kern/longcall.c - system calls that are made in slices.
//
// A long call does a slice of its work and then sets its program's eip back to
// the int $T_SYSCALL, so that the program makes the call again: between slices
// other CPUs get the kernel lock, and other environments the CPU.  The
// program's registers must not change, so notes[] records how much is done.
//
// A note is valid for a call with equal eip, esp and registers.  If the program
// makes another call between two slices, in a page-fault upcall, the note is
// dropped and the long call starts from its beginning.
//
// Entry points: longcall_done, longcall_again, longcall_forget.  Under the
// kernel lock.

#include <inc/string.h>

#include <kern/env.h>
#include <kern/longcall.h>

static struct Note {
	envid_t env;
	struct PushRegs regs;		// reg_oesp is 0: not the program's
	uintptr_t eip, esp;
	size_t done;			// 0: there is no note
} notes[NENV];

static struct Note
note_of_call(size_t done)
{
	const struct Trapframe *tf = &curenv->env_tf;
	struct Note note = { curenv->env_id, tf->tf_regs, tf->tf_eip,
		tf->tf_esp, done };

	note.regs.reg_oesp = 0;
	return note;
}

size_t
longcall_done(void)
{
	struct Note *last = &notes[ENVX(curenv->env_id)];
	const size_t done = last->done;
	const struct Note now = note_of_call(done);
	const bool is_same = memcmp(last, &now, sizeof(now)) == 0;

	last->done = 0;
	return is_same ? done : 0;
}

int
longcall_again(size_t done)
{
	notes[ENVX(curenv->env_id)] = note_of_call(done);
	curenv->env_tf.tf_eip -= SYSCALL_SIZE;
	return curenv->env_tf.tf_regs.reg_eax;
}

void
longcall_forget(const struct Env *e)
{
	notes[ENVX(e->env_id)].done = 0;
}
