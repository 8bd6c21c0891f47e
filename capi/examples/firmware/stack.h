/* How deep the stack went: painted before, looked at after. */
#ifndef STACK_H
#define STACK_H

#include <stdint.h>

/* Paints what the stack has not used yet. */
void stack_paint(void);

/* The most octets of stack that were in use at any time since then. */
uint32_t stack_high_water(void);

#endif
