// kern/console.h - the console: serial line, screen, keyboard.

// Returns the next character typed, or 0 if there is none yet; getchar
// (inc/stdio.h) waits for one.
int cons_getc(void);
