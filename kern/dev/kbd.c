// kern/dev/kbd.c - the keyboard, as a device of the console.
//
// A key sends its scan code (set 1) when it goes down, and the scan code with
// bit 7 set when it goes up.  Keys that the first PC did not have send 0xE0
// before the scan code.  Only Pause sends 0xE1 and two more bytes.
//
// Entry point: kbd_getkey.

#include <inc/kbdreg.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/dev/consdev.h>

#define SCAN_UP		0x80
#define SCAN_E0		0xE0
#define SCAN_E1		0xE1
#define SCAN_DELETE	0x53		// number pad; with 0xE0, the Delete key

#define CTRL(letter)	((letter) & 0x1F)

// The characters of keys with consecutive scan codes, from `first` on, without
// and with Shift
static const struct Keys {
	uint8_t first;
	const char *plain, *shifted;
} keys[] = {
	{ 0x01, "\033" "1234567890-=\b\t", "\033!@#$%^&*()_+\b\t" },
	{ 0x10, "qwertyuiop[]\n", "QWERTYUIOP{}\n" },
	{ 0x1E, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ 0x2B, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
	{ 0x37, "*", "*" },
	{ 0x39, " ", " " },
	{ 0x47, "789-456+1230.", "789-456+1230." },	// number pad
};

// Keys that send 0xE0
static const struct E0Key {
	uint8_t scan, code;
} e0_keys[] = {
	{ 0x1C, '\n' },			// on the number pad
	{ 0x35, '/' },			// on the number pad
	{ 0x47, KEY_HOME }, { 0x48, KEY_UP }, { 0x49, KEY_PGUP },
	{ 0x4B, KEY_LF }, { 0x4D, KEY_RT },
	{ 0x4F, KEY_END }, { 0x50, KEY_DN }, { 0x51, KEY_PGDN },
	{ 0x52, KEY_INS }, { SCAN_DELETE, KEY_DEL },
};

// Modifiers: a key's bit is set while the key is down.  Each press of Caps Lock
// toggles its bit.
enum {
	MOD_SHIFT_L = 1, MOD_SHIFT_R = 2, MOD_SHIFT = 3,
	MOD_CTRL_L = 4, MOD_CTRL_R = 8, MOD_CTRL = 12,
	MOD_ALT_L = 16, MOD_ALT_R = 32, MOD_ALT = 48,
	MOD_CAPS = 64
};

static int kbd_mods;			// MOD_
static int kbd_prefix;			// 0xE0 if that was the last byte
static int kbd_skip;			// how many bytes of Pause to ignore

// Returns the bit of a modifier; 0 for any other key.
static int
kbd_modifier(int scan, bool e0)
{
	switch (scan) {
	case 0x2A:
		return e0 ? 0 : MOD_SHIFT_L;	// with 0xE0: not a key
	case 0x36:
		return e0 ? 0 : MOD_SHIFT_R;
	case 0x1D:
		return e0 ? MOD_CTRL_R : MOD_CTRL_L;
	case 0x38:
		return e0 ? MOD_ALT_R : MOD_ALT_L;
	case 0x3A:
		return MOD_CAPS;
	default:
		return 0;
	}
}

// Returns the code of a key that sends 0xE0, or 0.
static int
kbd_e0_code(int scan)
{
	for (size_t i = 0; i < ARRAY_SIZE(e0_keys); i++)
		if (e0_keys[i].scan == scan)
			return e0_keys[i].code;
	return 0;
}

// Returns the character of a key that does not send 0xE0, changed by the
// modifiers that are down, or 0.
static int
kbd_char(int scan)
{
	const struct Keys *k = &keys[ARRAY_SIZE(keys) - 1];

	while (k > keys && scan < k->first)
		k--;
	const int n = scan - k->first;
	if (n < 0 || n >= strlen(k->plain))
		return 0;

	const int plain = k->plain[n];
	const bool letter = plain >= 'a' && plain <= 'z';
	bool shift = kbd_mods & MOD_SHIFT;
	if (letter && (kbd_mods & MOD_CAPS))
		shift = !shift;
	const int c = shift ? k->shifted[n] : plain;

	if (!(kbd_mods & MOD_CTRL))
		return c;
	return letter || (c >= '@' && c <= '_') ? CTRL(c) : c;
}

// Returns the code of the key that has just gone down, or 0.
static int
kbd_down(int scan, bool e0)
{
	if (scan == SCAN_DELETE && (kbd_mods & MOD_CTRL)
	    && (kbd_mods & MOD_ALT))
		return KEY_REBOOT;
	return e0 ? kbd_e0_code(scan) : kbd_char(scan);
}

// Take one byte from the keyboard.  Returns the code of the key that it
// completes, or 0.
static int
kbd_byte(int byte)
{
	if (kbd_skip > 0) {
		kbd_skip--;
		return 0;
	}
	if (byte == SCAN_E1) {
		kbd_skip = 2;
		return 0;
	}
	if (byte == SCAN_E0) {
		kbd_prefix = byte;
		return 0;
	}
	const bool e0 = kbd_prefix == SCAN_E0;
	const bool up = byte & SCAN_UP;
	const int scan = byte & ~SCAN_UP;
	const int mod = kbd_modifier(scan, e0);

	kbd_prefix = 0;
	if (mod == MOD_CAPS)
		kbd_mods ^= up ? 0 : mod;
	else if (up)
		kbd_mods &= ~mod;
	else
		kbd_mods |= mod;
	return mod || up ? 0 : kbd_down(scan, e0);
}

int
kbd_getkey(void)
{
	const int status = inb(KBSTATP);

	if (status == 0xFF || !(status & KBS_DIB))	// 0xFF: no controller
		return -1;
	const int byte = inb(KBDATAP);
	return status & KBS_TERR ? 0 : kbd_byte(byte);
}
