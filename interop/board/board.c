/* See board.h. */

#include "board.h"

#include <string.h>

#define REGISTER(address) (*(volatile uint32_t *) (address))
#define UART_DATA REGISTER(0x40005000)
#define UART_STATE REGISTER(0x40005004)
#define UART_CTRL REGISTER(0x40005008)
#define UART_BAUDDIV REGISTER(0x40005010)
#define TIMER_CTRL REGISTER(0x40000000)
#define TIMER_VALUE REGISTER(0x40000004)
#define TIMER_RELOAD REGISTER(0x40000008)
/* The timer runs at 25 MHz, and an instruction takes a nanosecond. */
#define INSTRUCTIONS_A_TICK 40

extern uint32_t bss_start, bss_end, data_start, data_end, data_load, stack_top;

const char identity[] =
    "3GPP-AKMA0.a7id5fA7hq0Qy8M1v4n2rK9w6Z3x5c7B0tY1uI2oP4s=@5gc.mnc001.mcc001.3gppnetwork.org-and-some-more";

const unsigned char key[32] = {
    0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5,
    0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5,
};

static uint32_t ticks(void) { return ~TIMER_VALUE; }

/* The emulator's console (semihosting). */

static int semihosting(int operation, const void *parameters)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = parameters;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void leave(int code)
{
    const uint32_t block[2] = { 0x20026, (uint32_t) code }; /* ADP_Stopped_ApplicationExit */
    semihosting(0x20, block); /* SYS_EXIT_EXTENDED */
    for (;;) { }
}

void figure(const char *name, uint32_t value)
{
    static int console;
    static const char device[] = ":tt";
    if (!console) {
        const uint32_t open[3] = { (uint32_t) device, 8, 3 }; /* "a" is the error output */
        console = semihosting(1, open);
    }
    char line[48];
    size_t at = strlen(name);
    memcpy(line, name, at);
    line[at++] = '=';
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char) ('0' + value % 10);
        value /= 10;
    } while (value);
    while (count) { line[at++] = digits[--count]; }
    line[at++] = '\n';
    const uint32_t write[3] = { (uint32_t) console, (uint32_t) line, at };
    semihosting(5, write);
}

/* The line. */

static uint32_t line_ticks, octets;
static enum { QUIET, WANTED, COMING } state;

/* Of the header in five octets, those that came; octets after it that are still to come. */
static size_t header, rest;

size_t line_send(const unsigned char *data, size_t length)
{
    uint32_t since = ticks();
    for (size_t at = 0; at < length; at++) {
        while (UART_STATE & 1) { }
        UART_DATA = data[at];
    }
    octets += length;
    line_ticks += ticks() - since;
    return length;
}

/* One octet; nothing is coming any more after the last one of a record. */
static unsigned char line_octet(void)
{
    while (!(UART_STATE & 2)) { }
    unsigned char octet = (unsigned char) UART_DATA;
    if (header < 3) {
        header++;
    } else if (header < 5) {
        rest = rest << 8 | octet;
        header++;
    } else {
        rest--;
    }
    if (header == 5 && !rest) {
        header = 0;
        state = QUIET;
    }
    return octet;
}

size_t line_recv(unsigned char *data, size_t length)
{
    if (state != COMING) {
        state = WANTED;
        return 0;
    }
    uint32_t since = ticks();
    size_t count = 0;
    while (count < length && state == COMING) { data[count++] = line_octet(); }
    octets += count;
    line_ticks += ticks() - since;
    return count;
}

void line_wait(void)
{
    if (state == WANTED) {
        uint32_t since = ticks();
        while (!(UART_STATE & 2)) { }
        state = COMING;
        line_ticks += ticks() - since;
    }
}

/* Costs. */

struct cost cost_now(void)
{
    struct cost now = { (ticks() - line_ticks) * INSTRUCTIONS_A_TICK, octets };
    return now;
}

struct cost cost_since(struct cost began)
{
    struct cost now = cost_now();
    now.instructions -= began.instructions;
    now.octets -= began.octets;
    return now;
}

/* How deep the stack went: painted before, looked at after. */

#define PAINT 0xa5c35a3cu

static uint32_t *stack_end(void) { return &bss_end; }

static __attribute__((noinline)) void paint(void)
{
    uint32_t here;
    for (volatile uint32_t *at = stack_end(); at < &here - 64; at++) { *at = PAINT; }
}

static uint32_t high_water(void)
{
    volatile uint32_t *at = stack_end();
    while (at < &stack_top && *at == PAINT) { at++; }
    return (uint32_t) ((uintptr_t) &stack_top - (uintptr_t) at);
}

/* For newlib's malloc. More than it takes: what it took at most is reported. */
static unsigned char heap[60 * 1024] __attribute__((section(".heap"), aligned(8)));
static uint32_t heap_used;

void *_sbrk(ptrdiff_t more)
{
    if ((ptrdiff_t) (sizeof heap - heap_used) < more) { return (void *) -1; }
    void *place = heap + heap_used;
    heap_used += (uint32_t) more;
    return place;
}

static int echo(int (*put)(const unsigned char *, size_t), int (*get)(unsigned char *, size_t), size_t length,
                const char *instructions, const char *count)
{
    unsigned char data[256], answer[256];
    memset(data, 'x', length);
    data[length - 1] = '\n';
    struct cost began = cost_now();
    for (size_t done = 0; done < length;) {
        int result = put(data + done, length - done);
        if (result < 0) { return -1; }
        done += (size_t) result;
        if (!result) { line_wait(); }
    }
    for (size_t done = 0; done < length;) {
        int result = get(answer, sizeof answer);
        if (result < 0) { return -1; }
        done += (size_t) result;
        if (!result) { line_wait(); }
    }
    struct cost cost = cost_since(began);
    figure(instructions, cost.instructions);
    figure(count, cost.octets);
    return 0;
}

int echo_and_report(int (*put)(const unsigned char *, size_t), int (*get)(unsigned char *, size_t))
{
    if (echo(put, get, 33, "echo_short", "echo_short_octets")) { return 9; }
    if (echo(put, get, 256, "echo_long", "echo_long_octets")) { return 10; }
    figure("stack", high_water());
    figure("heap", heap_used);
    return 0;
}

void random_octets(unsigned char *output, size_t size)
{
    static uint64_t state = 0x6d7367696e356700u;
    for (size_t at = 0; at < size; at++) {
        state += 0x9e3779b97f4a7c15u;
        uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        output[at] = (unsigned char) (z ^ (z >> 31));
    }
}

/* Start-up. */

extern int main(void);

void reset(void)
{
    *(volatile uint32_t *) 0xe000ed88 |= 0xfu << 20; /* the floating point unit */
    for (uint32_t *from = &data_load, *to = &data_start; to < &data_end;) { *to++ = *from++; }
    for (uint32_t *at = &bss_start; at < &bss_end;) { *at++ = 0; }
    paint();
    TIMER_RELOAD = TIMER_VALUE = UINT32_MAX;
    TIMER_CTRL = 1;
    UART_BAUDDIV = 16;
    UART_CTRL = 3;
    leave(main());
}

static void fault(void) { leave(101); }

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void)) &stack_top, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault,
};
