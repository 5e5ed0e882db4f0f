// user/check/gates.c - what programs must not do: raise an interrupt by an
// instruction, or use an I/O port.

#include <inc/x86.h>

#include <user/check/thread.h>

#define EX13	"lab 4, exercise 13; kern/trap.c"
#define EX13E	"lab 4, exercise 13; kern/env.c"
#define EX4	"lab 4, exercise 4; kern/trap.c"

// A thread does something that must end it.
static volatile bool went_on;
static volatile int number;

static void
tries(const char *what, int n, void (*run)(void))
{
	went_on = false;
	number = n;

	const envid_t id = thread_start(run);

	until(is_gone(id) || went_on);
	expect(!went_on, "%s %d: expected a general protection fault, but the "
		"program goes on", what, n);
	expect(is_gone(id) || went_on, "%s %d: the program does not end",
		what, n);
	sys_env_destroy(id);
	until_gone(id);
}

// ----------------------------------------------------------------------- int

#define INT(n)								\
static void								\
int_##n(void)								\
{									\
	__asm__ volatile("int %0" : : "i" (n) : "memory", "cc");	\
	went_on = true;							\
}
INT(32) INT(33) INT(34) INT(35) INT(36) INT(37) INT(38) INT(39)
INT(40) INT(41) INT(42) INT(43) INT(44) INT(45) INT(46) INT(47)

static void (*const ints[])(void) = {
	int_32, int_33, int_34, int_35, int_36, int_37, int_38, int_39,
	int_40, int_41, int_42, int_43, int_44, int_45, int_46, int_47
};

// --------------------------------------------------------------------- ports

static void
read_port(void)
{
	inb(number);
	went_on = true;
}

static void
write_port(void)
{
	outb(number, 0);
	went_on = true;
}

static void
off(void)
{
	__asm__ volatile("cli");
	went_on = true;
}

void
umain(int argc, char **argv)
{
	static const int ports[] = { 0, 7, 0x21, 0x60, 0x70, 0x80, 0x2F8,
		0x3F8, 0xCF8, 0xFFFF };

	USED(argc), USED(argv);

	look_at("trap_init", EX13);
	for (size_t i = 0; i < ARRAY_SIZE(ints); i++)
		tries("int", 32 + i, ints[i]);
	look_at("env_alloc", EX13E);
	tries("cli", 0, off);
	tries("a read of port", 0xCF8, read_port);
	look_at("trap_init_percpu", EX4);
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		tries("a read of port", ports[i], read_port);
		tries("a write to port", ports[i], write_port);
	}
	look_no_more();
}
