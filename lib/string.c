// lib/string.c - strings and blocks of memory, for the kernel and for
// programs.  inc/string.h lists the entry points.
//
// Differences from the C library: strlcpy returns the number of bytes copied;
// strchr does not find the terminating NUL, strfind stops at it; memfind
// returns the end of the block if c is not in it.
//
// Compilers also generate calls of memset, memcpy and memmove, for instance to
// copy a struct.  These three use the string instructions of the i386.

#include <inc/string.h>
#include <inc/types.h>

#define WORD	sizeof(uint32_t)

// ----------------------------------------------------------------- strings

int
strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return end - s;
}

// The length of s, at most limit.  Reads no more than limit bytes.
int
strnlen(const char *s, size_t limit)
{
	size_t len = 0;

	while (len < limit && s[len])
		len++;
	return len;
}

char *
strcpy(char *dst, const char *src)
{
	return memcpy(dst, src, strlen(src) + 1);
}

// Writes size bytes to dst: NULs follow a short src; a long src is cut off
// without a NUL.
char *
strncpy(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size);

	memcpy(dst, src, len);
	memset(dst + len, 0, size - len);
	return dst;
}

char *
strcat(char *dst, const char *src)
{
	strcpy(dst + strlen(dst), src);
	return dst;
}

// Copies as much of src as fits, and a NUL, unless size is 0.
size_t
strlcpy(char *dst, const char *src, size_t size)
{
	if (size == 0)
		return 0;

	size_t len = strnlen(src, size - 1);

	memcpy(dst, src, len);
	dst[len] = '\0';
	return len;
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char ca = a[i], cb = b[i];

		if (ca != cb)
			return ca < cb ? -1 : 1;
		if (ca == '\0')
			break;
	}
	return 0;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, ~(size_t) 0);
}

char *
strfind(const char *s, char c)
{
	while (*s != '\0' && *s != c)
		s++;
	return (char *) s;
}

char *
strchr(const char *s, char c)
{
	char *found = strfind(s, c);

	return *found ? found : NULL;
}

// -------------------------------------------------------- blocks of memory

void *
memset(void *dst, int c, size_t n)
{
	uint32_t pattern = (c & 0xFF) * 0x01010101U;
	void *to = dst;
	size_t words = n / WORD, bytes = n % WORD;

	__asm__ volatile("cld; rep stosl; movl %2, %%ecx; rep stosb"
		: "+&D" (to), "+&c" (words)
		: "r" (bytes), "a" (pattern)
		: "cc", "memory");
	return dst;
}

// Copy from the first byte on: right for blocks that overlap, dst below src.
static inline void
copy_up(void *dst, const void *src, size_t n)
{
	size_t words = n / WORD, bytes = n % WORD;

	__asm__ volatile("cld; rep movsl; movl %3, %%ecx; rep movsb"
		: "+&D" (dst), "+&S" (src), "+&c" (words)
		: "r" (bytes)
		: "cc", "memory");
}

// Copy from the last byte on: right for blocks that overlap, dst above src.
static inline void
copy_down(void *dst, const void *src, size_t n)
{
	void *to = dst + n - 1;
	const void *from = src + n - 1;

	__asm__ volatile("std; rep movsb; cld"
		: "+D" (to), "+S" (from), "+c" (n)
		:
		: "cc", "memory");
}

static inline void *
copy(void *dst, const void *src, size_t n)
{
	if (dst > src && dst < src + n)
		copy_down(dst, src, n);
	else
		copy_up(dst, src, n);
	return dst;
}

void *
memmove(void *dst, const void *src, size_t n)
{
	return copy(dst, src, n);
}

// memcpy allows overlapping blocks, as memmove does.
void *
memcpy(void *dst, const void *src, size_t n)
{
	return copy(dst, src, n);
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *pa = a, *pb = b;

	for (; n > 0; n--, pa++, pb++)
		if (*pa != *pb)
			return *pa < *pb ? -1 : 1;
	return 0;
}

void *
memfind(const void *s, int c, size_t n)
{
	const uint8_t *p = s, *end = p + n;

	while (p < end && *p != (uint8_t) c)
		p++;
	return (void *) p;
}

// ----------------------------------------------------------------- numbers

// The value of c as a digit; 36 if c is none.
static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 36;
}

// Is this "0x" with a hexadecimal digit after it?
static bool
has_hex_prefix(const char *s)
{
	return s[0] == '0' && (s[1] == 'x' || s[1] == 'X')
		&& digit_value(s[2]) < 16;
}

// The number at the start of s, after blanks and tabs.  Base 0: decimal,
// octal after a 0, hexadecimal after 0x.  *end is set to what follows the
// number, or to s if there is none.  A number that is too large wraps.
long
strtol(const char *s, char **end, int base)
{
	const char *start = s;
	unsigned long value = 0;
	bool negative = false;

	while (*s == ' ' || *s == '\t')
		s++;
	if (*s == '-' || *s == '+')
		negative = *s++ == '-';

	if ((base == 0 || base == 16) && has_hex_prefix(s)) {
		s += 2;
		base = 16;
	} else if (base == 0) {
		base = *s == '0' ? 8 : 10;
	}

	for (; digit_value(*s) < base; s++) {
		value = value * base + digit_value(*s);
		start = s + 1;
	}

	if (end != NULL)
		*end = (char *) start;
	return negative ? -value : value;
}
