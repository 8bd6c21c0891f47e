#include "console.h"

#include <string.h>

/* Operations of Arm's "Semihosting for AArch32 and AArch64". */
#define SYS_OPEN 0x01u
#define SYS_WRITE 0x05u
#define SYS_EXIT_EXTENDED 0x20u
/* `:tt` opened for appending is the error output. */
#define MODE_APPEND 8u
/* ADP_Stopped_ApplicationExit */
#define APPLICATION_EXIT 0x20026u

static int32_t semihost(uint32_t operation, const uint32_t *arguments)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const uint32_t *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

static void put(const char *text, size_t len)
{
    static int32_t handle;
    uint32_t arguments[3];
    if (handle <= 0) {
        arguments[0] = (uint32_t)(uintptr_t)":tt";
        arguments[1] = MODE_APPEND;
        arguments[2] = 3;
        handle = semihost(SYS_OPEN, arguments);
        if (handle <= 0)
            return; /* nobody to tell */
    }
    arguments[0] = (uint32_t)handle;
    arguments[1] = (uint32_t)(uintptr_t)text;
    arguments[2] = (uint32_t)len;
    (void)semihost(SYS_WRITE, arguments);
}

void console_text(const char *key, const char *value, size_t len)
{
    put(key, strlen(key));
    put("=", 1);
    put(value, len);
    put("\n", 1);
}

void console_figure(const char *key, uint32_t value)
{
    char digits[10];
    size_t start = sizeof digits;
    do {
        digits[--start] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0);
    console_text(key, digits + start, sizeof digits - start);
}

void console_exit(int code)
{
    uint32_t arguments[2];
    arguments[0] = APPLICATION_EXIT;
    arguments[1] = (uint32_t)code;
    for (;;)
        (void)semihost(SYS_EXIT_EXTENDED, arguments);
}
