// kern/cpu.c - the list of CPUs.

struct TssOwner cpu_of_tss[(GD_TSS0 >> 3) + NCPU] = {
	[0].cpu = &cpus[0],
	[GD_TSS0 >> 3] = { &cpus[0], 0 }, { &cpus[1], 0 }, { &cpus[2], 0 },
		{ &cpus[3], 0 }, { &cpus[4], 0 }, { &cpus[5], 0 },
		{ &cpus[6], 0 }, { &cpus[7], 0 },
};

struct CpuInfo *bootcpu = &cpus[0];
