/* The board's clock: SysTick, which interrupts once in a millisecond. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Starts it at 0. */
void clock_start(void);

/* Milliseconds since the start. It never jumps and never turns over in practice. */
uint64_t clock_now_ms(void);

/* Cycles of the core since the start, modulo 2^32: for differences. */
uint32_t clock_ticks(void);

/* The handler of the exception. */
void clock_on_systick(void);

#endif
