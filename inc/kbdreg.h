// inc/kbdreg.h - the PS/2 keyboard controller (8042), and codes for keys.

#ifndef JOS_INC_KBDREG_H
#define JOS_INC_KBDREG_H

#define KBSTATP		0x64	// status port (in), command port (out)
#define  KBS_DIB	0x01	// the data port holds a byte
#define  KBS_TERR	0x20	// the byte in the data port is the mouse's
#define KBCMDP		0x64
#define KBDATAP		0x60	// data port

// Codes above ASCII for keys that have no character
#define KEY_HOME	0xE0
#define KEY_END		0xE1
#define KEY_UP		0xE2
#define KEY_DN		0xE3
#define KEY_LF		0xE4
#define KEY_RT		0xE5
#define KEY_PGUP	0xE6
#define KEY_PGDN	0xE7
#define KEY_INS		0xE8
#define KEY_DEL		0xE9

// Set in a byte above ASCII that is text, to tell it from the key codes.
#define KEY_TEXT	0x100

#endif // JOS_INC_KBDREG_H
