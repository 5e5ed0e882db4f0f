// user/sendpage.c - parent and child send each other a page with a message.
//
// IPC maps the sender's page where the receiver wants it; the addresses differ.

#include <inc/lib.h>

#define OUTBOX	((char *) 0xA00000)
#define INBOX	((char *) 0xB00000)

static const char to_child[] = "hello child environment! how are you?";
static const char to_parent[] = "hello parent environment! I'm good.";

static void
send_text(envid_t to, const char *text)
{
	int r;

	if ((r = sys_page_alloc(0, OUTBOX, PTE_P | PTE_U | PTE_W)) < 0)
		panic("sys_page_alloc: %e", r);
	strcpy(OUTBOX, text);
	ipc_send(to, 0, OUTBOX, PTE_P | PTE_U | PTE_W);
}

// Returns the sender.
static envid_t
receive_text(const char *who, const char *expected)
{
	envid_t from;

	ipc_recv(&from, INBOX, NULL);
	cprintf("%x got message: %s\n", from, INBOX);
	if (strcmp(INBOX, expected) == 0)
		cprintf("%s received correct message\n", who);
	return from;
}

void
umain(int argc, char **argv)
{
	envid_t child;

	USED(argc), USED(argv);

	if ((child = fork()) < 0)
		panic("fork: %e", child);
	if (child == 0) {
		send_text(receive_text("child", to_child), to_parent);
	} else {
		send_text(child, to_child);
		receive_text("parent", to_parent);
	}
}
