/* Vector table and what runs before main. */
#include "clock.h"
#include "console.h"
#include "stack.h"

#include <stdint.h>

int main(void);
void Reset_Handler(void);

/* From firmware.ld. */
extern uint32_t __data_start, __data_end, __bss_start, __bss_end, __stack_top;
extern const uint32_t __data_from;

/* A fault or an interrupt that nobody asked for is a bug of the firmware. */
static void unexpected(void)
{
    console_exit(102);
}

typedef void (*handler)(void);

/* The exceptions of the core. No interrupt of a peripheral is used, so the table ends before them. */
static const struct {
    uint32_t *stack;
    handler exceptions[15];
} vectors __attribute__((section(".vector_table"), used)) = {
    &__stack_top,
    {
        Reset_Handler,
        unexpected, /* NMI */
        unexpected, /* HardFault */
        unexpected, /* MemManage */
        unexpected, /* BusFault */
        unexpected, /* UsageFault */
        0, 0, 0, 0,
        unexpected, /* SVCall */
        unexpected, /* Debug monitor */
        0,
        unexpected, /* PendSV */
        clock_on_systick,
    },
};

void Reset_Handler(void)
{
    const uint32_t *from = &__data_from;
    uint32_t *to;
#if defined(__ARM_FP)
    /* The floating point unit is off after a reset, and the compiler keeps what it likes in its registers. */
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
    for (to = &__data_start; to < &__data_end;)
        *to++ = *from++;
    for (to = &__bss_start; to < &__bss_end;)
        *to++ = 0;
    stack_paint();
    console_exit(main());
}
