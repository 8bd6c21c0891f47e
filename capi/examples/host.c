/**
 * \file host.c
 * A UE on a computer: registers, sends a message, hears the report and the answer, and leaves.
 *
 * host ADDRESS PORT SERVER_NAME K_AUSF SUPI UE_SERVICE_ID PEER [SESSION]
 *
 * SERVER_NAME is the host name in the AKMA AF_ID, K_AUSF has 64 hexadecimal digits, SUPI is an IMSI of PLMN 001-01,
 * PEER answers what it is sent, SESSION is a number of msgin5g_session. `cargo xtask capi` runs it against the
 * reference network. On a product the A-KID and the key come from the modem.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msgin5g.h"
#include "posix.h"

/* What has happened so far. */
typedef struct progress {
    uint8_t k_ausf[32];
    msgin5g_subscriber subscriber;
    int registered, heard, reported, gone, closed, failed;
} progress;

/* The key source: K_AUSF, as a bench has it. */
static int32_t give_key(void *user, const char *server_name, const uint8_t *ua_star_id, msgin5g_key *key)
{
    progress *it = (progress *)user;
    (void)server_name;
    (void)ua_star_id;
    key->kind = MSGIN5G_KEY_KIND_KAUSF;
    memcpy(key->key, it->k_ausf, sizeof key->key);
    key->subscriber = &it->subscriber;
    return 1;
}

static void on_message(void *user, const msgin5g_received *message)
{
    progress *it = (progress *)user;
    printf("%.*s says: %.*s\n", (int)message->originator.len, message->originator.data, (int)message->payload.len,
           message->payload.data);
    it->heard = 1;
}

static void on_report(void *user, const msgin5g_report *report)
{
    progress *it = (progress *)user;
    printf("report: %s\n", report->success ? "delivered" : "not delivered");
    it->reported = (int)report->success;
}

static void on_event(void *user, const msgin5g_event *event)
{
    progress *it = (progress *)user;
    switch (event->kind) {
    case MSGIN5G_EVENT_KIND_CONNECTED:
        puts("connected");
        break;
    case MSGIN5G_EVENT_KIND_REGISTERED:
        puts("registered");
        it->registered = 1;
        break;
    case MSGIN5G_EVENT_KIND_DEREGISTERED:
        puts("de-registered");
        it->gone = 1;
        break;
    case MSGIN5G_EVENT_KIND_CLOSED:
        puts("closed");
        it->closed = 1;
        break;
    case MSGIN5G_EVENT_KIND_ACCEPTED:
        puts("the server has the message");
        break;
    case MSGIN5G_EVENT_KIND_REGISTRATION_FAILED:
    case MSGIN5G_EVENT_KIND_CONNECT_FAILED:
    case MSGIN5G_EVENT_KIND_KEY_REFUSED:
    case MSGIN5G_EVENT_KIND_FAILED:
        fprintf(stderr, "event %u: %s (%d)\n", (unsigned)event->kind, msgin5g_strerror(event->status),
                (int)event->detail);
        it->failed = 1;
        break;
    default:
        break;
    }
}

static int read_key(const char *digits, uint8_t *key)
{
    int i;
    if (strlen(digits) != 64) {
        return 0;
    }
    for (i = 0; i < 32; i++) {
        unsigned octet;
        if (sscanf(digits + 2 * i, "%2x", &octet) != 1) {
            return 0;
        }
        key[i] = (uint8_t)octet;
    }
    return 1;
}

static int stop(const char *what, int32_t status)
{
    fprintf(stderr, "%s: %s\n", what, msgin5g_strerror(status));
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    /* All memory there is: the client and what it works in. */
    static msgin5g_client client;
    static uint8_t memory[MSGIN5G_MEMORY_SIZE_FOR(1152, 1152, 2048, 8, 2048, 4, MSGIN5G_EMBEDDED_TLS_SIZE)];
    static progress it;
    port_tcp tcp;
    msgin5g_transport transport;
    msgin5g_random random_numbers;
    msgin5g_keys keys;
    msgin5g_config config;
    msgin5g_message message;
    msgin5g_message_id id;
    const char *text = "valve 3: open";
    int sent = 0, leaving = 0, closing = 0;
    uint64_t deadline;
    int32_t status;

    if (argc < 8 || !read_key(argv[4], it.k_ausf)) {
        fprintf(stderr, "usage: host ADDRESS PORT SERVER_NAME K_AUSF SUPI UE_SERVICE_ID PEER [SESSION]\n");
        return EXIT_FAILURE;
    }
    it.subscriber.size = sizeof it.subscriber;
    it.subscriber.supi = argv[5];
    it.subscriber.mcc = "001";
    it.subscriber.mnc = "01";

    port_tcp_transport(&tcp, argv[1], (uint16_t)atoi(argv[2]), &transport);
    port_random(&random_numbers);
    memset(&keys, 0, sizeof keys);
    keys.size = sizeof keys;
    keys.user = &it;
    keys.request = give_key;

    memset(&config, 0, sizeof config);
    config.size = sizeof config;
    config.session = argc > 8 ? (uint32_t)atoi(argv[8]) : MSGIN5G_SESSION_TLS13;
    config.ue_service_id = argv[6];
    config.server_name = argv[3];
    config.memory = memory;
    config.memory_size = sizeof memory;
    config.transport = &transport;
    config.keys = &keys;
    config.random = &random_numbers;
    config.user = &it;
    config.on_message = on_message;
    config.on_report = on_report;
    config.on_event = on_event;

    status = msgin5g_init(&client, &config);
    if (status != MSGIN5G_STATUS_OK) {
        return stop("msgin5g_init", status);
    }
    status = msgin5g_register(&client);
    if (status != MSGIN5G_STATUS_OK) {
        return stop("msgin5g_register", status);
    }

    /* The loop of a program that has nothing else to do. */
    deadline = port_now_ms() + 60000;
    while (!it.closed && !it.failed) {
        int64_t next = msgin5g_poll(&client, port_now_ms());
        if (next < 0) {
            return stop("msgin5g_poll", (int32_t)next);
        }
        if (port_now_ms() > deadline) {
            return stop("the exchange", MSGIN5G_STATUS_TIMED_OUT);
        }
        if (it.registered && !sent) {
            memset(&message, 0, sizeof message);
            message.size = sizeof message;
            message.recipient_kind = MSGIN5G_ADDRESS_UE;
            message.recipient = argv[7];
            message.payload = text;
            message.payload_len = strlen(text);
            message.flags = MSGIN5G_REPORT_WANTED;
            status = msgin5g_send(&client, &message, &id);
            if (status != MSGIN5G_STATUS_OK) {
                return stop("msgin5g_send", status);
            }
            sent = 1;
        } else if (it.heard && it.reported && !leaving) {
            status = msgin5g_deregister(&client);
            if (status != MSGIN5G_STATUS_OK) {
                return stop("msgin5g_deregister", status);
            }
            leaving = 1;
        } else if (it.gone && !closing) {
            (void)msgin5g_close(&client);
            closing = 1;
        } else {
            port_wait(&tcp, next);
        }
    }
    (void)msgin5g_wipe(&client);
    if (it.failed) {
        return EXIT_FAILURE;
    }
    puts("host: ok\nnext: cargo xtask demo --scenario c, the same on a Cortex-M; docs/c.md for your build and your port");
    return EXIT_SUCCESS;
}
