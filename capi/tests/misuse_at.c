/** \file misuse_at.c  A modem behind a UART with NULL, zero, huge and wrong-state arguments, and a UART that breaks its word. */
#include "check.h"
#include "misuse.h"

static int32_t uart_write(void *user, const uint8_t *data, size_t len)
{
    (void)data;
    (void)len;
    return *(int32_t *)user;
}

static int32_t uart_read(void *user, uint8_t *buffer, size_t len)
{
    memset(buffer, 'x', len);
    return *(int32_t *)user;
}

static uint64_t modem_now;

static uint64_t uart_now(void *user)
{
    (void)user;
    return modem_now;
}

void misuse_at(void)
{
    static const int32_t codes[] = {0, 1, 100000, -1, INT32_MAX, INT32_MIN, MSGIN5G_STATUS_CLOSED};
    static msgin5g_at modem, copy;
    static char endless[2048];
    msgin5g_at_config config, sound;
    msgin5g_transport transport;
    char line[8];
    int32_t code = 0;
    size_t i;
    int turn;
    memset(endless, 'x', sizeof endless);
    memset(&sound, 0, sizeof sound);
    sound.size = sizeof sound;
    sound.user = &code;
    sound.write = uart_write;
    sound.read = uart_read;
    sound.now_ms = uart_now;
    sound.host = "msgin5g.example.com";
    sound.port = 5684;

#define MODEM(expected, change)                                                                                        \
    do {                                                                                                               \
        config = sound;                                                                                                \
        change;                                                                                                        \
        STATUS(expected, msgin5g_at_init(&modem, &config));                                                            \
    } while (0)
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_at_init(NULL, &sound));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_at_init(&modem, NULL));
    MODEM(MSGIN5G_STATUS_INVALID_SIZE, config.size = 0);
    MODEM(MSGIN5G_STATUS_INVALID_SIZE, config.size = UINT32_MAX);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.write = NULL);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.read = NULL);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.now_ms = NULL);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.host = NULL);
    MODEM(MSGIN5G_STATUS_INVALID_TEXT, config.host = endless);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.port = UINT32_MAX);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.dialect = UINT32_MAX);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.udp = UINT32_MAX);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.context = UINT32_MAX);
    MODEM(MSGIN5G_STATUS_INVALID_ARGUMENT, config.connection = UINT32_MAX);

    for (i = 0; i < 3; i++) {
        msgin5g_at *none = i == 0 ? NULL : i == 1 ? &modem : &copy;
        int32_t says = i == 0 ? MSGIN5G_STATUS_INVALID_ARGUMENT : MSGIN5G_STATUS_NOT_INITIALISED;
        if (i == 2) {
            STATUS(MSGIN5G_STATUS_OK, msgin5g_at_init(&modem, &sound));
            memcpy(&copy, &modem, sizeof copy);
        }
        STATUS(says, msgin5g_at_transport(none, &transport));
        STATUS(says, msgin5g_at_ask(none, "AT", "", 1000, line, sizeof line));
        STATUS(says, msgin5g_at_close(none));
    }
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_at_transport(&modem, NULL));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_at_ask(&modem, NULL, "", 1000, line, sizeof line));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_at_ask(&modem, "AT", NULL, 1000, line, sizeof line));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_at_ask(&modem, "AT", "", 1000, NULL, sizeof line));
    STATUS(MSGIN5G_STATUS_BUFFER_TOO_SMALL, msgin5g_at_ask(&modem, "AT", "", 1000, line, 0));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_at_ask(&modem, "AT", "", 1000, line, SIZE_MAX));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_at_ask(&modem, endless, "", 1000, line, sizeof line));

    /* A UART that breaks its word: something comes of it in the end, and nothing worse than an error. */
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        for (config = sound; config.dialect < 3; config.dialect++) {
            code = codes[i];
            STATUS(MSGIN5G_STATUS_OK, msgin5g_at_init(&modem, &config));
            STATUS(MSGIN5G_STATUS_OK, msgin5g_at_transport(&modem, &transport));
            for (turn = 0; turn < 200; turn++, modem_now += 1000) {
                int32_t connected = transport.connect(transport.user);
                CHECK(connected <= 0);
                CHECK(transport.send(transport.user, (const uint8_t *)"abc", 3) <= 0);
                CHECK(transport.recv(transport.user, (uint8_t *)line, sizeof line) <= 0);
                CHECK(transport.deadline(transport.user) >= 0);
            }
            transport.close(transport.user);
        }
    }
}
