// kern/firstenv.c - the first environments, chosen by name.
//
// Every program is linked into the kernel as a file (obj/kern/programs.S).
// The first one to run is named by QEMU (fw_cfg opt/jos/run, which `make run-X`
// uses), else by make (INIT_CFLAGS=-DTEST=user_X), else by the lab.  QEMU may
// also pass its arguments, and name several programs.
//
// This file alone is compiled with -DLAB and -DTEST.
//
// Entry point: first_envs.

void
first_envs(void)
{
	if (lab->fs) {
		create_named("fs_fs", ENV_TYPE_FS, "opt/jos/fsargs");
		kbd_intr();		// take in what was typed so far
	}
	create_programs();
}
