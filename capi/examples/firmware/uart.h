/* The modem's UART as a byte pipe: a CMSDK UART, polled. */
#ifndef UART_H
#define UART_H

#include <stddef.h>
#include <stdint.h>

/* Switches it on. */
void uart_enable(void);

/* Sends what the line takes now and says how much that was: 0, nothing now. */
int32_t uart_send(void *user, const uint8_t *data, size_t len);

/* Takes what is there now, up to `len` octets, and says how much that was: 0, nothing now. The line has no
 * carrier signal, so it never reports an end: silence is for the session's deadlines to judge. */
int32_t uart_recv(void *user, uint8_t *buf, size_t len);

/* Ticks of the clock that went by between a try in vain and the next octet, since the start. */
uint32_t uart_waited(void);

#endif
