/**
 * \file services.c
 * What goes beyond messages, against the reference network: a UE that is set up by its configuration document, messages
 * that the server keeps and what becomes of them, a topic whose messages come as notifications, and a UE without a client behind a
 * gateway.
 *
 * services ADDRESS PORT SERVER_NAME K_AUSF SUPI_1 UE_1 SUPI_2 UE_2 TOPIC
 *
 * The network takes the update of stored messages and notifies of topics.
 */
#include "ue.h"

/* The first is there from the beginning, the second comes later. */
static ue first, second;
static ue *const ues[] = {&first, &second};

#define TURN_UNTIL(condition) UNTIL(ues, sizeof ues / sizeof ues[0], condition)

static unsigned count(const ue *ue, uint32_t kind)
{
    return ue->events[kind];
}

static void registered(ue *ue)
{
    ue_start(ue);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&ue->client));
    TURN_UNTIL(count(ue, MSGIN5G_EVENT_KIND_REGISTERED) == 1);
}

/* Who it is and where the server is, as an operator says it. */
static void by_document(ue *ue, char **argv)
{
    static char document[1024];
    static msgin5g_document found;
    static char port[8];
    int len = snprintf(document, sizeof document,
                       "<seal-UE-configuration xmlns:m5=\"urn:3gpp:ns:seal:MSGin5GUEConfig:1.0\"><on-network>"
                       "<m5:MSGin5G-Server-address>coaps+tcp://%s:%s/msgin5g</m5:MSGin5G-Server-address>"
                       "<m5:MSGin5G-UE-Service-id>%s</m5:MSGin5G-UE-Service-id>"
                       "<m5:Segment-size>700</m5:Segment-size>"
                       "</on-network></seal-UE-configuration>",
                       argv[3], argv[2], argv[6]);
    CHECK(len > 0 && (size_t)len < sizeof document);
    found.size = sizeof found;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_read_document(document, (size_t)len, &found));
    CHECK(found.scheme == MSGIN5G_SCHEME_COAPS_TCP);
    ue_new(ue, found.server_name, argv[4], argv[5], found.ue_service_id);
    CHECK(snprintf(port, sizeof port, "%u", (unsigned)found.port) > 0);
    /* The name is nobody's in any DNS. */
    ue_over_tcp(ue, argv[1], port);
    ue->config.server_path = found.server_path;
    ue->config.server_path_count = found.server_path_count;
    ue->config.segment_size = found.segment_size;
}

/* A message for somebody who is away. */
static msgin5g_message_id stored(const char *to, const char *text)
{
    unsigned before = count(&first, MSGIN5G_EVENT_KIND_STORED);
    msgin5g_message message = ue_message_to(MSGIN5G_ADDRESS_UE, to, text, MSGIN5G_MAY_STORE);
    msgin5g_message_id id;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&first.client, &message, &id));
    TURN_UNTIL(count(&first, MSGIN5G_EVENT_KIND_STORED) == before + 1);
    CHECK(memcmp(&first.last[MSGIN5G_EVENT_KIND_STORED].message_id, &id, sizeof id) == 0);
    return id;
}

static void updated(const msgin5g_message_id *id, const char *expiration, uint32_t kind)
{
    unsigned before = count(&first, kind);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_update_stored(&first.client, id, first.config.server_name, expiration));
    TURN_UNTIL(count(&first, kind) == before + 1);
    CHECK(memcmp(&first.last[kind].message_id, id, sizeof *id) == 0);
}

/* Three are kept, one of them is discarded and one has its day in the past. */
static void keeping(void)
{
    const char *to = second.config.ue_service_id;
    msgin5g_message_id discarded = stored(to, "never mind"), over = stored(to, "today only"), kept = stored(to, "stays");
    const msgin5g_event *failure = &first.last[MSGIN5G_EVENT_KIND_UPDATE_FAILED];
    updated(&kept, "2099-12-31T23:59:59Z", MSGIN5G_EVENT_KIND_UPDATED);
    updated(&discarded, NULL, MSGIN5G_EVENT_KIND_UPDATED);
    updated(&over, "2020-01-01T00:00:00Z", MSGIN5G_EVENT_KIND_UPDATED);
    /* It is not there any more. */
    updated(&discarded, NULL, MSGIN5G_EVENT_KIND_UPDATE_FAILED);
    STATUS(MSGIN5G_STATUS_REFUSED, failure->status);
    CHECK(failure->coap_code == 0x84);
    first.events[MSGIN5G_EVENT_KIND_UPDATE_FAILED] = 0;

    registered(&second);
    TURN_UNTIL(second.messages > 0);
    CHECK(strcmp(second.inbox[0].payload, "stays") == 0);
}

static void published(const char *topic, const char *text)
{
    msgin5g_message message = ue_message_to(MSGIN5G_ADDRESS_TOPIC, topic, text, 0);
    unsigned before = second.messages;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&first.client, &message, NULL));
    TURN_UNTIL(second.messages == before + 1);
    CHECK(second.inbox[before % UE_INBOX].recipient_kind == MSGIN5G_ADDRESS_TOPIC);
    CHECK(strcmp(second.inbox[before % UE_INBOX].recipient, topic) == 0);
    CHECK(strcmp(second.inbox[before % UE_INBOX].originator, first.config.ue_service_id) == 0);
    CHECK(strcmp(second.inbox[before % UE_INBOX].payload, text) == 0);
}

/* The program that runs the network looks whether they came as notifications. */
static void notified(const char *topic)
{
    uint32_t subscription;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_subscribe(&second.client, &topic, 1, NULL, &subscription));
    TURN_UNTIL(count(&second, MSGIN5G_EVENT_KIND_SUBSCRIBED) == 1);
    published(topic, "water in the cellar");
    published(topic, "still more water");
    STATUS(MSGIN5G_STATUS_OK, msgin5g_unsubscribe(&second.client, subscription));
    TURN_UNTIL(count(&second, MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED) == 1);
    STATUS(MSGIN5G_STATUS_OK, second.last[MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED].status);
}

/* A door lock without a client, on PC5 behind the first UE. */
static msgin5g_gateway gateway;
static const msgin5g_link lock = {1, 0xa1b2c3};
/* What has gone down to it last, and how often. */
static uint8_t down[256];
static msgin5g_gateway_step step;
static unsigned delivered, told;
static void (*on_message)(void *user, const msgin5g_received *message);
static void (*on_report)(void *user, const msgin5g_report *report);

static void new_step(void)
{
    memset(&step, 0, sizeof step);
    step.size = sizeof step;
    step.out = down;
    step.out_size = sizeof down;
}

static void message_goes_down(void *user, const msgin5g_received *message)
{
    on_message(user, message);
    new_step();
    STATUS(MSGIN5G_STATUS_OK, msgin5g_gateway_message(&gateway, message, port_now_ms(), &step));
    delivered++;
}

static void report_goes_down(void *user, const msgin5g_report *report)
{
    on_report(user, report);
    new_step();
    STATUS(MSGIN5G_STATUS_OK, msgin5g_gateway_report(&gateway, report, port_now_ms(), &step));
    told++;
}

static void new_gateway(ue *ue)
{
    msgin5g_gateway_config config;
    memset(&config, 0, sizeof config);
    config.size = sizeof config;
    config.ue_service_id = ue->config.ue_service_id;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_gateway_init(&gateway, &config));
    on_message = ue->config.on_message;
    on_report = ue->config.on_report;
    ue->config.on_message = message_goes_down;
    ue->config.on_report = report_goes_down;
    ue->config.reports = MSGIN5G_REPORTS_BY_APPLICATION;
}

static void goes_up(uint8_t *octets, size_t len, uint32_t kind)
{
    new_step();
    STATUS(MSGIN5G_STATUS_OK,
           msgin5g_gateway_from_ue(&gateway, &first.client, &lock, octets, len, port_now_ms(), &step));
    CHECK(step.kind == kind && step.out_len == 0);
    CHECK(step.link.is_layer2 == lock.is_layer2 && step.link.id == lock.id);
}

/* Puts a text behind its length. */
static size_t put(uint8_t *place, const char *text, int long_length)
{
    size_t len = strlen(text), n = 0;
    CHECK(len < 200);
    if (long_length) {
        place[n++] = 0;
    }
    place[n++] = (uint8_t)len;
    memcpy(place + n, text, len);
    return n + len;
}

static void behind_a_gateway(void)
{
    static const uint8_t id[16] = {0x6c, 0xa0, 0x97, 0x3d, 0xae, 0x51, 0x47, 0xc4, 0xab, 0x36, 0xde, 0x6c, 0x4d, 1, 2, 3};
    uint8_t up[256] = {5, 0x12, 0x34};
    msgin5g_message message;
    msgin5g_message_id sent;
    unsigned messages = second.messages;
    size_t len;
    goes_up(up, 3, MSGIN5G_STEP_KIND_REGISTERED);
    CHECK(step.application_id == 4660);

    /* Up: a message that wants a report, with its own Message ID. */
    len = 0;
    up[len++] = 1;
    len += put(up + len, second.config.ue_service_id, 0);
    memcpy(up + len, id, sizeof id);
    len += sizeof id;
    len += put(up + len, "door open", 1);
    up[len++] = 0xb1;
    goes_up(up, len, MSGIN5G_STEP_KIND_SENT);
    CHECK(memcmp(step.message_id.octets, id, sizeof id) == 0);
    goes_up(up, len, MSGIN5G_STEP_KIND_REPEATED);
    TURN_UNTIL(second.messages == messages + 1 && told == 1);
    CHECK(strcmp(second.inbox[messages % UE_INBOX].payload, "door open") == 0);
    CHECK(strcmp(second.inbox[messages % UE_INBOX].originator, first.config.ue_service_id) == 0);
    CHECK(step.kind == MSGIN5G_STEP_KIND_REPORT_DELIVERY && step.link.id == lock.id);
    CHECK(step.out_len > 18 && down[0] == 4 && memcmp(down + 1, id, sizeof id) == 0 && down[17] == 1);

    /* Down: a message for its application, which it reports. */
    message = ue_message_to(MSGIN5G_ADDRESS_UE, first.config.ue_service_id, "lock", MSGIN5G_REPORT_WANTED);
    message.application_id = "4660";
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&second.client, &message, &sent));
    TURN_UNTIL(delivered == 1);
    CHECK(step.kind == MSGIN5G_STEP_KIND_DELIVERY && step.link.id == lock.id && step.application_id == 4660);
    CHECK(step.out_len > 23 && down[0] == 3 && memcmp(down + 1, &sent, sizeof sent) == 0);
    CHECK(memcmp(down + 17, "\0\4lock", 6) == 0);
    len = 0;
    up[len++] = 2;
    len += put(up + len, second.config.ue_service_id, 0);
    memcpy(up + len, &sent, sizeof sent);
    len += sizeof sent;
    up[len++] = 1;
    goes_up(up, len, MSGIN5G_STEP_KIND_REPORTED);
    CHECK(step.success == 1);
    TURN_UNTIL(second.reports == 1);
    CHECK(second.success == 1 && memcmp(&second.reported, &sent, sizeof sent) == 0);

    memcpy(up, "\6\x12\x34", 3);
    goes_up(up, 3, MSGIN5G_STEP_KIND_DEREGISTERED);
}

static void leave(ue *ue)
{
    STATUS(MSGIN5G_STATUS_OK, msgin5g_deregister(&ue->client));
    TURN_UNTIL(count(ue, MSGIN5G_EVENT_KIND_DEREGISTERED) == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_close(&ue->client));
    TURN_UNTIL(count(ue, MSGIN5G_EVENT_KIND_CLOSED) == 1);
    CHECK(count(ue, MSGIN5G_EVENT_KIND_FAILED) == 0 && count(ue, MSGIN5G_EVENT_KIND_REPORT_FAILED) == 0);
    CHECK(count(ue, MSGIN5G_EVENT_KIND_UPDATE_FAILED) == 0 && count(ue, MSGIN5G_EVENT_KIND_CONNECT_FAILED) == 0);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&ue->client));
    ue->lives = 0;
}

int main(int argc, char **argv)
{
    CHECK(argc == 10);
    by_document(&first, argv);
    ue_new(&second, argv[3], argv[4], argv[7], argv[8]);
    ue_over_tcp(&second, argv[1], argv[2]);
    new_gateway(&first);
    registered(&first);
    keeping();
    notified(argv[9]);
    behind_a_gateway();
    leave(&first);
    leave(&second);
    CHECK(second.messages == 4 && delivered == 1 && told == 1);
    puts("services: ok");
    return EXIT_SUCCESS;
}
