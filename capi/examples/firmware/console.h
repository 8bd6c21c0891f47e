/* The emulator's console by semihosting: figures for xtask, and the exit code. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stddef.h>
#include <stdint.h>

/* Writes `key=value` as a line of its own. */
void console_figure(const char *key, uint32_t value);

/* The same for a value that is text already: so many octets, which need no zero behind them. */
void console_text(const char *key, const char *value, size_t len);

/* Ends the emulator. 0 is success. */
void console_exit(int code) __attribute__((noreturn));

#endif
