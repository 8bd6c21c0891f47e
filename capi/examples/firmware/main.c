/* A UE in C: it gets its keys, opens a session, registers, writes to another UE, reads the answer and leaves.
 *
 * What it does with the SDK is in `ue.c`; its figures go to the console for `cargo xtask`. */
#include "clock.h"
#include "console.h"
#include "stack.h"
#include "uart.h"
#include "ue.h"

#include <string.h>

int main(void)
{
    const char *failed;
    clock_start();
    uart_enable();
    failed = ue_run();
    console_figure("stack", stack_high_water());
    if (failed != NULL) {
        console_text("failed", failed, strlen(failed));
        return 1;
    }
    return 0;
}
