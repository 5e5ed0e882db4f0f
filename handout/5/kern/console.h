// kern/console.h - the console: serial line, screen, keyboard.
