#include "port.h"
#include "board.h"
#include "clock.h"
#include "config.h"
#include "console.h"
#include "uart.h"

#include <string.h>

/* Under QEMU's `-icount shift=0` an instruction takes a nanosecond. */
#define INSTRUCTIONS_PER_TICK (1000000000u / BOARD_CORE_HZ)

/* Ticks of the clock without those of waiting, when keys were asked for and when the handshake could begin. */
static uint32_t keys_at, handshake_at;
/* The line leads to one connection: it can be taken once. */
static uint32_t connections;

static uint32_t worked(void)
{
    return clock_ticks() - uart_waited();
}

static int32_t uart_connect(void *user)
{
    (void)user;
    if (connections != 0)
        return MSGIN5G_STATUS_CLOSED;
    connections = 1;
    handshake_at = worked();
    return 1;
}

void port_transport(msgin5g_transport *transport)
{
    memset(transport, 0, sizeof *transport);
    transport->size = sizeof *transport;
    transport->connect = uart_connect;
    transport->send = uart_send;
    transport->recv = uart_recv;
}

static int32_t request(void *user, const char *server_name, const uint8_t *ua_star_id, msgin5g_key *key)
{
    static const msgin5g_subscriber subscriber = {
        .size = sizeof subscriber,
        .supi = SUPI,
        .routing_indicator = ROUTING_INDICATOR,
        .mcc = MCC,
        .mnc = MNC,
    };
    static const uint8_t k_ausf[32] = KAUSF;
    (void)user;
    (void)server_name;
    (void)ua_star_id;
    keys_at = worked();
    key->kind = MSGIN5G_KEY_KIND_KAUSF;
    memcpy(key->key, k_ausf, sizeof k_ausf);
    key->subscriber = &subscriber;
    return 1;
}

void port_keys(msgin5g_keys *keys)
{
    memset(keys, 0, sizeof *keys);
    keys->size = sizeof *keys;
    keys->request = request;
}

void port_connected(void)
{
    console_figure("keys_insn", (handshake_at - keys_at) * INSTRUCTIONS_PER_TICK);
    console_figure("handshake_insn", (worked() - handshake_at) * INSTRUCTIONS_PER_TICK);
}
