/* The board without the SDK: it sends back what comes over the line until it has seen an empty line. Bring this up
 * first on a board of your own: what follows stands on UART, clock and console. */
#include "clock.h"
#include "console.h"
#include "stack.h"
#include "uart.h"

int main(void)
{
    uint32_t octets = 0;
    uint8_t octet = 0, before;
    clock_start();
    uart_enable();
    do {
        before = octet;
        while (uart_recv(0, &octet, 1) != 1) {
        }
        while (uart_send(0, &octet, 1) != 1) {
        }
        octets++;
    } while (octet != '\n' || before != '\n');
    console_figure("octets", octets);
    console_figure("ms", (uint32_t)clock_now_ms());
    console_figure("stack", stack_high_water());
    return 0;
}
