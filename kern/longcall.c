// kern/longcall.c - system calls that are made in pieces.
//
// A call that takes long does a part of its work, and then takes its program
// back to the int $T_SYSCALL, to make the call again: meanwhile others get the
// lock, and the CPU.  How far the call has come is noted here, because the
// registers are the program's.
//
// The note is good for the call with the same registers at the same place.
// A program that does something else instead, from a page-fault upcall, begins
// anew when it comes back.
//
// Entry points: longcall_done, longcall_again, longcall_forget.  Under the
// kernel lock.

#include <inc/string.h>

#include <kern/env.h>
#include <kern/longcall.h>

static struct Note {
	envid_t env;
	struct PushRegs regs;		// without reg_oesp, which is ours
	uintptr_t eip, esp;
	size_t done;			// 0: no call is in pieces
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
