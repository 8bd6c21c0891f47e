#include "clock.h"
#include "board.h"

#define SYST_CSR BOARD_REGISTER(0xE000E010u)
#define SYST_RVR BOARD_REGISTER(0xE000E014u)
#define SYST_CVR BOARD_REGISTER(0xE000E018u)

#define TICKS_PER_MS (BOARD_CORE_HZ / 1000u)

/* Milliseconds, low and high half. The handler alone writes them. */
static volatile uint32_t ms_low, ms_high;

void clock_start(void)
{
    SYST_RVR = TICKS_PER_MS - 1u;
    SYST_CVR = 0;
    SYST_CSR = 7; /* the core's clock, with interrupt, on */
}

void clock_on_systick(void)
{
    uint32_t low = ms_low + 1u;
    if (low == 0)
        ms_high = ms_high + 1u;
    ms_low = low;
}

uint64_t clock_now_ms(void)
{
    uint32_t high, low;
    /* Again if the handler came in between. */
    do {
        high = ms_high;
        low = ms_low;
    } while (high != ms_high || low != ms_low);
    return ((uint64_t)high << 32) | low;
}

uint32_t clock_ticks(void)
{
    uint32_t low, left;
    do {
        low = ms_low;
        left = SYST_CVR;
    } while (low != ms_low);
    return low * TICKS_PER_MS + (TICKS_PER_MS - 1u - left);
}
