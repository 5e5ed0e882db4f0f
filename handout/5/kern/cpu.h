// kern/cpu.c
extern struct CpuInfo cpus[NCPU];
extern int ncpu;			// entries of cpus[] in use
extern struct CpuInfo *bootcpu;
extern unsigned char percpu_kstacks[NCPU][KSTKSIZE];

// kern/mpconfig.c: fill cpus[] from the firmware's tables
void mp_init(void);
extern physaddr_t lapicaddr;		// of the local APIC's registers, or 0
