#include "stack.h"

#define PAINT 0xA5C35A3Cu
/* Octets left unpainted below the stack pointer, for the frame that paints. */
#define MARGIN 256u

/* From firmware.ld: the end of static data, and the top of the stack. */
extern uint32_t __bss_end, __stack_top;

__attribute__((noinline)) void stack_paint(void)
{
    volatile uint32_t *at = &__bss_end;
    uintptr_t top;
    __asm__ volatile("mov %0, sp" : "=r"(top));
    while ((uintptr_t)at < top - MARGIN)
        *at++ = PAINT;
}

__attribute__((noinline)) uint32_t stack_high_water(void)
{
    const volatile uint32_t *at = &__bss_end;
    while (at < &__stack_top && *at == PAINT)
        at++;
    return (uint32_t)((uintptr_t)&__stack_top - (uintptr_t)at);
}
