#include "ue.h"
#include "clock.h"
#include "config.h"
#include "console.h"
#include "insecure_test_rng.h"
#include "port.h"
#include "uart.h"

#include <msgin5g.h>
#include <string.h>

/* No step may take longer, in milliseconds. */
#define PATIENCE_MS 60000u
/* Octets of a record of the session, each way: 512 of data, and what goes around them. */
#define RECORD_SIZE 538u

/* A client and its memory, by the application: the SDK has neither a heap nor variables of its own. */
static msgin5g_client client;
static uint8_t memory[MSGIN5G_MEMORY_SIZE_FOR(1152, 1152, 2048, 8, 2048, 4, MSGIN5G_TLS13_SIZE_FOR(RECORD_SIZE))];

/* What has happened so far. */
static struct {
    uint32_t registered, sent, received, reports, deregistered, closed;
    /* What went wrong. NULL: nothing. */
    const char *failed;
} tally;

static void on_event(void *user, const msgin5g_event *event)
{
    const char *text;
    (void)user;
    switch (event->kind) {
    case MSGIN5G_EVENT_KIND_CONNECTED:
        port_connected();
        break;
    case MSGIN5G_EVENT_KIND_REGISTERED:
        tally.registered++;
        break;
    case MSGIN5G_EVENT_KIND_ACCEPTED:
        tally.sent++;
        break;
    case MSGIN5G_EVENT_KIND_DEREGISTERED:
        tally.deregistered++;
        break;
    case MSGIN5G_EVENT_KIND_CLOSED:
        tally.closed++;
        break;
    default:
        text = msgin5g_strerror(event->status);
        console_figure("event", event->kind);
        console_text("status", text, strlen(text));
        tally.failed = "unexpected event";
    }
}

/* What `message` points to is gone after this: what is kept is copied. */
static void on_message(void *user, const msgin5g_received *message)
{
    (void)user;
    console_text("received_text", message->payload.data, message->payload.len);
    tally.received++;
}

static void on_report(void *user, const msgin5g_report *report)
{
    (void)user;
    if (report->success != 0)
        tally.reports++;
    else
        tally.failed = "report of a failure";
}

static msgin5g_status begin(void)
{
    msgin5g_transport transport;
    msgin5g_keys keys;
    msgin5g_random random;
    msgin5g_config config;

    port_transport(&transport);
    port_keys(&keys);

    memset(&random, 0, sizeof random);
    random.size = sizeof random;
    random.fill = insecure_test_random;

    memset(&config, 0, sizeof config);
    config.size = sizeof config;
    config.ue_service_id = UE_SERVICE_ID;
    config.server_name = SERVER_NAME;
    config.memory = memory;
    config.memory_size = sizeof memory;
    config.sizes.record = RECORD_SIZE;
    config.transport = &transport;
    config.keys = &keys;
    config.random = &random;
    config.on_event = on_event;
    config.on_message = on_message;
    config.on_report = on_report;
    return msgin5g_init(&client, &config);
}

/* Polls until the counter is 1. A product sleeps (`wfi`) when the time that msgin5g_poll() returns is not there yet,
 * and is woken by its UART or a timer. A polled UART wakes nobody. */
static const char *until_one(const uint32_t *counter, const char *step)
{
    uint64_t end = clock_now_ms() + PATIENCE_MS;
    while (*counter != 1u) {
        uint64_t now = clock_now_ms();
        if (msgin5g_poll(&client, now) < 0)
            return step;
        if (tally.failed != NULL)
            return tally.failed;
        if (now >= end)
            return step;
    }
    return NULL;
}

static const char *talk(void)
{
    msgin5g_message message;
    const char *failed;

    memset(&message, 0, sizeof message);
    message.size = sizeof message;
    message.recipient_kind = MSGIN5G_ADDRESS_UE;
    message.recipient = PEER_SERVICE_ID;
    message.payload = TEXT;
    message.payload_len = strlen(TEXT);
    message.flags = MSGIN5G_REPORT_WANTED;
    if (msgin5g_send(&client, &message, NULL) != MSGIN5G_STATUS_OK)
        return "sending";

    failed = until_one(&tally.sent, "sending");
    if (failed == NULL)
        failed = until_one(&tally.reports, "report");
    if (failed == NULL)
        failed = until_one(&tally.received, "answer");
    return failed;
}

/* The client sees to it that our report of the answer is out before. */
static const char *leave(void)
{
    const char *failed;
    if (msgin5g_deregister(&client) != MSGIN5G_STATUS_OK)
        return "de-registration";
    failed = until_one(&tally.deregistered, "de-registration");
    if (failed != NULL)
        return failed;
    if (msgin5g_close(&client) != MSGIN5G_STATUS_OK)
        return "closing";
    return until_one(&tally.closed, "closing");
}

const char *ue_run(void)
{
    const char *failed;
    if (begin() != MSGIN5G_STATUS_OK)
        return "configuration";
    if (msgin5g_register(&client) != MSGIN5G_STATUS_OK)
        return "registration";
    failed = until_one(&tally.registered, "registration");
    if (failed == NULL)
        failed = talk();
    if (failed == NULL)
        failed = leave();
    /* Keys are wiped, and the memory is ours again. */
    if (msgin5g_wipe(&client) != MSGIN5G_STATUS_OK && failed == NULL)
        failed = "wiping";

    console_figure("registered", tally.registered);
    console_figure("sent", tally.sent);
    console_figure("received", tally.received);
    console_figure("reports", tally.reports);
    console_figure("deregistered", tally.deregistered);
    return failed;
}

/* A panic of the library is a fault of the library. Without this function the core stops at an undefined
 * instruction. */
void msgin5g_on_panic(void);
void msgin5g_on_panic(void)
{
    console_exit(101);
}
