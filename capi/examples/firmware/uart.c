#include "uart.h"
#include "board.h"
#include "clock.h"

#define DATA BOARD_REGISTER(BOARD_UART1)
#define STATE BOARD_REGISTER(BOARD_UART1 + 0x4u)
#define CTRL BOARD_REGISTER(BOARD_UART1 + 0x8u)
#define BAUDDIV BOARD_REGISTER(BOARD_UART1 + 0x10u)

#define STATE_TX_FULL 1u
#define STATE_RX_FULL 2u
#define CTRL_TX_AND_RX 3u

/* The account of waiting: it begins with the first try in vain and ends with the first octet. */
static uint32_t waited, since;
static int waiting;

static int32_t moved(size_t count, size_t offered)
{
    if (count == 0 && offered > 0) {
        if (!waiting) {
            waiting = 1;
            since = clock_ticks();
        }
    } else if (waiting) {
        waiting = 0;
        waited += clock_ticks() - since;
    }
    return (int32_t)count;
}

void uart_enable(void)
{
    BAUDDIV = 16; /* the smallest: an emulated line has no speed */
    CTRL = CTRL_TX_AND_RX;
}

int32_t uart_send(void *user, const uint8_t *data, size_t len)
{
    size_t count = 0;
    (void)user;
    while (count < len && (STATE & STATE_TX_FULL) == 0)
        DATA = data[count++];
    return moved(count, len);
}

int32_t uart_recv(void *user, uint8_t *buf, size_t len)
{
    size_t count = 0;
    (void)user;
    while (count < len && (STATE & STATE_RX_FULL) != 0)
        buf[count++] = (uint8_t)DATA;
    return moved(count, len);
}

uint32_t uart_waited(void)
{
    return waited;
}
