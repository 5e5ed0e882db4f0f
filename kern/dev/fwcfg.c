// kern/dev/fwcfg.c - QEMU's firmware configuration device, read byte by byte.
//
// Writing a 16-bit key to the selector port chooses an item; each read of the
// data port gives its next byte.  One item is the directory of named items.
// QEMU, docs/specs/fw_cfg.
//
// Entry point: fwcfg_string.

#include <inc/error.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/dev/fwcfg.h>

#define FWCFG_SELECTOR	0x510
#define FWCFG_DATA	0x511

#define FWCFG_SIGNATURE	0x0000		// reads "QEMU"
#define FWCFG_DIRECTORY	0x0019

#define FWCFG_NAMELEN	56		// of a directory entry's name

// Read the next nbytes bytes as a number, which is big-endian.
static uint32_t
fwcfg_number(int nbytes)
{
	uint32_t n = 0;

	while (nbytes-- > 0)
		n = n << 8 | inb(FWCFG_DATA);
	return n;
}

// Find an item in the directory.  Returns whether it is there.
static bool
fwcfg_find(const char *name, uint16_t *key, uint32_t *size)
{
	char entry[FWCFG_NAMELEN];

	outw(FWCFG_SELECTOR, FWCFG_DIRECTORY);
	for (uint32_t left = fwcfg_number(4); left > 0; left--) {
		*size = fwcfg_number(4);
		*key = fwcfg_number(2);
		fwcfg_number(2);	// reserved
		for (int i = 0; i < FWCFG_NAMELEN; i++)
			entry[i] = inb(FWCFG_DATA);
		if (strncmp(entry, name, FWCFG_NAMELEN) == 0)
			return true;
	}
	return false;
}

int
fwcfg_string(const char *name, char *buf, size_t bufsize)
{
	uint16_t key;
	uint32_t size;

	outw(FWCFG_SELECTOR, FWCFG_SIGNATURE);
	if (fwcfg_number(4) != ('Q' << 24 | 'E' << 16 | 'M' << 8 | 'U')
	    || !fwcfg_find(name, &key, &size))
		return -E_NOT_FOUND;

	size_t n = MIN(size, bufsize - 1);
	outw(FWCFG_SELECTOR, key);
	for (size_t i = 0; i < n; i++)
		buf[i] = inb(FWCFG_DATA);
	buf[n] = '\0';
	return size;
}
