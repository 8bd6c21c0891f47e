/**
 * \file modem.c
 * A UE behind a modem that speaks AT commands: registers, sends, hears the report and the answer, and leaves.
 *
 * modem ADDRESS PORT SERVER_NAME K_AUSF SUPI UE_SERVICE_ID PEER DIALECT
 *
 * ADDRESS and PORT are the modem's UART, as a TCP connection. PEER answers what it is sent. DIALECT is a number of
 * msgin5g_at_dialect. `cargo xtask capi` runs it against the modem of the reference network.
 */
#include "ue.h"

static ue it;
static ue *const ues[] = {&it};
static msgin5g_at at;
static msgin5g_transport uart;

static uint64_t now_ms(void *user)
{
    (void)user;
    return port_now_ms();
}

/* The TCP connection in the place of a UART is there. */
static void plug_in(const char *address, const char *port, msgin5g_at_config *config)
{
    uint64_t end = port_now_ms() + UE_PATIENCE_MS;
    int32_t connected = 0;
    port_tcp_transport(&it.tcp, address, (uint16_t)atoi(port), &uart);
    while (connected == 0) {
        connected = uart.connect(uart.user);
        CHECK(port_now_ms() < end);
    }
    CHECK(connected == 1);
    memset(config, 0, sizeof *config);
    config->size = sizeof *config;
    config->user = uart.user;
    config->write = uart.send;
    config->read = uart.recv;
    config->now_ms = now_ms;
}

/* A command of the application, before there is a socket. */
static void ask(void)
{
    uint64_t end = port_now_ms() + UE_PATIENCE_MS;
    char line[32];
    int32_t answered = 0;
    while (answered == 0) {
        answered = msgin5g_at_ask(&at, "AT", "", 10000, line, sizeof line);
        CHECK(port_now_ms() < end);
        port_wait(&it.tcp, (int64_t)port_now_ms() + 5);
    }
    STATUS(1, answered);
}

int main(int argc, char **argv)
{
    msgin5g_at_config config;
    msgin5g_message message;
    msgin5g_message_id id;
    CHECK(argc == 9);
    ue_new(&it, argv[3], argv[4], argv[5], argv[6]);
    plug_in(argv[1], argv[2], &config);
    config.dialect = (uint32_t)atoi(argv[8]);
    config.host = argv[3];
    config.port = 5684; /* the emulated modem leads to its network whatever is asked for */
    STATUS(MSGIN5G_STATUS_OK, msgin5g_at_init(&at, &config));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_at_transport(&at, &it.transport));
    ask();

    ue_start(&it);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&it.client));
    UNTIL(ues, 1, it.events[MSGIN5G_EVENT_KIND_REGISTERED] == 1);
    message = ue_message_to(MSGIN5G_ADDRESS_UE, argv[7], "valve 3: open", MSGIN5G_REPORT_WANTED);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&it.client, &message, &id));
    UNTIL(ues, 1, it.reports == 1 && it.messages == 1);
    CHECK(it.success == 1 && memcmp(&it.reported, &id, sizeof id) == 0);
    CHECK(strcmp(it.inbox[0].originator, argv[7]) == 0);
    CHECK(strcmp(it.inbox[0].payload, "echo: valve 3: open") == 0);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_deregister(&it.client));
    UNTIL(ues, 1, it.events[MSGIN5G_EVENT_KIND_DEREGISTERED] == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_close(&it.client));
    UNTIL(ues, 1, it.events[MSGIN5G_EVENT_KIND_CLOSED] == 1);
    CHECK(it.events[MSGIN5G_EVENT_KIND_CONNECTED] == 1 && it.events[MSGIN5G_EVENT_KIND_ACCEPTED] == 1);
    CHECK(it.events[MSGIN5G_EVENT_KIND_DISCONNECTED] == 0 && it.events[MSGIN5G_EVENT_KIND_CONNECT_FAILED] == 0);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    uart.close(uart.user);
    puts("modem: ok");
    return EXIT_SUCCESS;
}
