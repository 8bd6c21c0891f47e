/**
 * \file messaging.c
 * Two UEs in one program, against the reference network: a group, segments, an aggregate, reports by the application,
 * a topic, and a snapshot.
 *
 * messaging ADDRESS PORT SERVER_NAME K_AUSF SUPI_1 UE_1 SUPI_2 UE_2 GROUP TOPIC
 *
 * Both UEs have the same K_AUSF and are members of the group.
 */
#include "ue.h"

#define SEGMENT 500u

/* The first writes, the second reads and reports; the third is the second's next life. */
static ue writer, reader, reborn;
static ue *const ues[] = {&writer, &reader, &reborn};
static const char *group, *topic;
/* Long texts, no two parts of them alike. */
static char long_text[2001], longer_text[4097];

#define TURN_UNTIL(condition) UNTIL(ues, sizeof ues / sizeof ues[0], condition)

static unsigned count(const ue *ue, uint32_t kind)
{
    return ue->events[kind];
}

static void fill(char *text, size_t len)
{
    size_t at;
    for (at = 0; at + 16 <= len; at += 16) {
        /* A character of two octets, so that parts may end within one. */
        int written = snprintf(text + at, 17, "%04u: 21 \xc2\xb0" "C ok\n", (unsigned)(at / 16));
        CHECK(written == 16);
    }
    CHECK(strlen(text) == len);
}

/* Sends it and waits until the server has taken it. */
static msgin5g_message_id sent(ue *from, const msgin5g_message *message)
{
    unsigned before = count(from, MSGIN5G_EVENT_KIND_ACCEPTED);
    msgin5g_message_id id;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&from->client, message, &id));
    TURN_UNTIL(count(from, MSGIN5G_EVENT_KIND_ACCEPTED) == before + 1);
    CHECK(memcmp(&from->last[MSGIN5G_EVENT_KIND_ACCEPTED].message_id, &id, sizeof id) == 0);
    return id;
}

/* The message with this number is there, and says this. */
static const ue_message *heard(ue *by, unsigned number, uint32_t kind, const char *recipient, const char *payload)
{
    const ue_message *message = &by->inbox[number % UE_INBOX];
    TURN_UNTIL(by->messages >= number + 1);
    CHECK(by->messages <= number + UE_INBOX);
    CHECK(message->recipient_kind == kind);
    CHECK(strcmp(message->recipient, recipient) == 0);
    CHECK(strcmp(message->payload, payload) == 0);
    return message;
}

static void new_ue(ue *ue, char **argv, char **supi_and_ue)
{
    ue_new(ue, argv[3], argv[4], supi_and_ue[0], supi_and_ue[1]);
    ue_over_tcp(ue, argv[1], argv[2]);
    ue->config.segment_size = SEGMENT;
    ue->config.aggregation_wait_ms = 200;
    ue->profile.maximum_segment_size = SEGMENT;
}

static void registered(ue *ue)
{
    STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&ue->client));
    TURN_UNTIL(count(ue, MSGIN5G_EVENT_KIND_REGISTERED) == 1);
    CHECK(msgin5g_is_registered(&ue->client) == 1);
}

static void to_a_group(void)
{
    msgin5g_message message = ue_message_to(MSGIN5G_ADDRESS_GROUP, group, "main valve closed", 0);
    unsigned number = reader.messages;
    (void)sent(&writer, &message);
    CHECK(strcmp(heard(&reader, number, MSGIN5G_ADDRESS_GROUP, group, "main valve closed")->originator,
                 writer.config.ue_service_id) == 0);
    CHECK(writer.messages == 0);
}

/* What a message in segments shows at both ends. */
static void in_segments(unsigned number, const char *text, const msgin5g_message_id *id, unsigned segments)
{
    const ue_message *message = heard(&reader, number, MSGIN5G_ADDRESS_UE, reader.config.ue_service_id, text);
    unsigned reports = writer.reports;
    CHECK(count(&writer, MSGIN5G_EVENT_KIND_PROGRESS) >= segments - 1);
    CHECK(count(&reader, MSGIN5G_EVENT_KIND_SEGMENT) >= segments - 1);
    CHECK(message->report_due == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_give_report(&reader.client, message->report_ticket, 1, NULL));
    TURN_UNTIL(writer.reports == reports + 1);
    CHECK(writer.success == 1 && memcmp(&writer.reported, id, sizeof *id) == 0);
    /* A ticket is good for one report. */
    STATUS(MSGIN5G_STATUS_UNKNOWN_TICKET, msgin5g_give_report(&reader.client, message->report_ticket, 1, NULL));
    TURN_UNTIL(count(&writer, MSGIN5G_EVENT_KIND_SEGMENTS_RELEASED) == 1);
    CHECK(writer.last[MSGIN5G_EVENT_KIND_SEGMENTS_RELEASED].count == 1);
    memset(writer.events, 0, sizeof writer.events);
    memset(reader.events, 0, sizeof reader.events);
}

static void long_message(void)
{
    const uint32_t flags = MSGIN5G_MAY_SEGMENT | MSGIN5G_REPORT_WANTED;
    msgin5g_message message = ue_message_to(MSGIN5G_ADDRESS_UE, reader.config.ue_service_id, long_text, flags);
    unsigned number = reader.messages;
    msgin5g_message_id id = sent(&writer, &message);
    in_segments(number, long_text, &id, 4);
}

static void longer_message_by_parts(void)
{
    msgin5g_message message =
        ue_message_to(MSGIN5G_ADDRESS_UE, reader.config.ue_service_id, longer_text, MSGIN5G_REPORT_WANTED);
    unsigned number = reader.messages;
    msgin5g_message_id id;
    message.payload = NULL; /* only its length counts */
    writer.source = longer_text;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send_from(&writer.client, &message, &id));
    TURN_UNTIL(count(&writer, MSGIN5G_EVENT_KIND_ACCEPTED) == 1);
    CHECK(count(&writer, MSGIN5G_EVENT_KIND_PAYLOAD_WANTED) >= 9);
    in_segments(number, longer_text, &id, 9);
    writer.source = NULL;
}

static void aggregate(void)
{
    const char *texts[] = {"21.5", "21.6"};
    unsigned number = reader.messages, i;
    for (i = 0; i < 2; i++) {
        msgin5g_message message =
            ue_message_to(MSGIN5G_ADDRESS_UE, reader.config.ue_service_id, texts[i], MSGIN5G_MAY_AGGREGATE);
        STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&writer.client, &message, NULL));
    }
    TURN_UNTIL(count(&writer, MSGIN5G_EVENT_KIND_ACCEPTED) == 2);
    for (i = 0; i < 2; i++) {
        (void)heard(&reader, number + i, MSGIN5G_ADDRESS_UE, reader.config.ue_service_id, texts[i]);
    }
}

static void refused_by_the_application(void)
{
    msgin5g_message message =
        ue_message_to(MSGIN5G_ADDRESS_UE, reader.config.ue_service_id, "open valve 9", MSGIN5G_REPORT_WANTED);
    unsigned number = reader.messages, reports = writer.reports;
    msgin5g_message_id id = sent(&writer, &message);
    const ue_message *got = heard(&reader, number, MSGIN5G_ADDRESS_UE, reader.config.ue_service_id, "open valve 9");
    CHECK(got->report_due == 1 && writer.reports == reports);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_give_report(&reader.client, got->report_ticket, 0, "there is no valve 9"));
    TURN_UNTIL(writer.reports == reports + 1);
    CHECK(writer.success == 0 && memcmp(&writer.reported, &id, sizeof id) == 0);
    CHECK(strcmp(writer.cause, "there is no valve 9") == 0);
}

static uint32_t subscribed(ue *ue)
{
    unsigned before = count(ue, MSGIN5G_EVENT_KIND_SUBSCRIBED);
    uint32_t subscription;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_subscribe(&ue->client, &topic, 1, NULL, &subscription));
    TURN_UNTIL(count(ue, MSGIN5G_EVENT_KIND_SUBSCRIBED) == before + 1);
    CHECK(ue->last[MSGIN5G_EVENT_KIND_SUBSCRIBED].subscription == subscription);
    return subscription;
}

static void unsubscribed(ue *ue, uint32_t subscription)
{
    unsigned before = count(ue, MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_unsubscribe(&ue->client, subscription));
    TURN_UNTIL(count(ue, MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED) == before + 1);
    CHECK(ue->last[MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED].subscription == subscription);
    CHECK(ue->last[MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED].status == MSGIN5G_STATUS_OK);
    STATUS(MSGIN5G_STATUS_UNKNOWN_TICKET, msgin5g_unsubscribe(&ue->client, subscription));
}

static void published(ue *to, const char *text)
{
    msgin5g_message message = ue_message_to(MSGIN5G_ADDRESS_TOPIC, topic, text, 0);
    unsigned number = to->messages;
    (void)sent(&writer, &message);
    (void)heard(to, number, MSGIN5G_ADDRESS_TOPIC, topic, text);
}

static void to_a_topic(void)
{
    msgin5g_message message = ue_message_to(MSGIN5G_ADDRESS_TOPIC, topic, "nobody hears", 0);
    uint32_t subscription = subscribed(&reader);
    unsigned messages;
    published(&reader, "smoke in the cellar");
    unsubscribed(&reader, subscription);
    messages = reader.messages;
    /* Without subscribers the reference network does not know the topic. */
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&writer.client, &message, NULL));
    TURN_UNTIL(count(&writer, MSGIN5G_EVENT_KIND_FAILED) == 1);
    STATUS(MSGIN5G_STATUS_UNDELIVERABLE, writer.last[MSGIN5G_EVENT_KIND_FAILED].status);
    CHECK(reader.messages == messages);
    writer.events[MSGIN5G_EVENT_KIND_FAILED] = 0;
}

static int32_t value(void *user, uint64_t *value)
{
    *value = *(const uint64_t *)user;
    return 0;
}

static int32_t advance(void *user, uint64_t *value)
{
    *value = ++*(uint64_t *)user;
    return 0;
}

/* The reader is saved with a subscription and with a message that was never sent, and ends without a word. What is
 * restored in other memory sends that message, is still subscribed, and was never told to register: the client does
 * that by itself on its new session, as after every loss of one. */
static void another_life(char **argv)
{
    static uint8_t sealed[MSGIN5G_SNAPSHOT_SIZE + 6144], copy[sizeof sealed];
    static const uint8_t secret[32] = {7};
    uint64_t number = 41;
    msgin5g_counter counter;
    msgin5g_message message =
        ue_message_to(MSGIN5G_ADDRESS_UE, writer.config.ue_service_id, "before the reset", MSGIN5G_REPORT_WANTED);
    uint32_t subscription = subscribed(&reader);
    unsigned messages = writer.messages;
    msgin5g_message_id id;
    size_t len = 0;
    memset(&counter, 0, sizeof counter);
    counter.size = sizeof counter;
    counter.user = &number;
    counter.value = value;
    counter.advance = advance;

    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&reader.client, &message, &id));
    STATUS(MSGIN5G_STATUS_OK,
           msgin5g_snapshot_save(&reader.client, secret, sizeof secret, &counter, sealed, sizeof sealed, &len));
    CHECK(len > 0 && len <= sizeof sealed);
    memcpy(copy, sealed, sizeof sealed);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&reader.client));
    reader.lives = 0;
    CHECK(writer.messages == messages);

    new_ue(&reborn, argv, argv + 7);
    reborn.config.reports = MSGIN5G_REPORTS_BY_APPLICATION;
    ue_start(&reborn);
    /* An octet that is another one opens nothing. */
    copy[len / 2] ^= 1;
    STATUS(MSGIN5G_STATUS_SNAPSHOT_INVALID, msgin5g_snapshot_restore(&reborn.client, secret, sizeof secret, &counter,
                                                                     copy, len, port_now_ms(), 0));
    memcpy(copy, sealed, sizeof sealed);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_snapshot_restore(&reborn.client, secret, sizeof secret, &counter, sealed, len,
                                                       port_now_ms(), 0));
    STATUS(MSGIN5G_STATUS_SNAPSHOT_OLD, msgin5g_snapshot_restore(&reborn.client, secret, sizeof secret, &counter, copy,
                                                                 len, port_now_ms(), 0));
    CHECK(msgin5g_is_registered(&reborn.client) == 1);
    CHECK(msgin5g_pending(&reborn.client) == 1);

    (void)heard(&writer, messages, MSGIN5G_ADDRESS_UE, writer.config.ue_service_id, "before the reset");
    TURN_UNTIL(reborn.reports == 1 && count(&reborn, MSGIN5G_EVENT_KIND_ACCEPTED) == 1);
    CHECK(reborn.success == 1 && memcmp(&reborn.reported, &id, sizeof id) == 0);
    CHECK(count(&reborn, MSGIN5G_EVENT_KIND_REGISTERED) == 1);
    CHECK(count(&reborn, MSGIN5G_EVENT_KIND_REGISTRATION_LOST) == 0);
    published(&reborn, "smoke in the attic");
    unsubscribed(&reborn, subscription);
}

static void leave(ue *ue)
{
    STATUS(MSGIN5G_STATUS_OK, msgin5g_deregister(&ue->client));
    TURN_UNTIL(count(ue, MSGIN5G_EVENT_KIND_DEREGISTERED) == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_close(&ue->client));
    TURN_UNTIL(count(ue, MSGIN5G_EVENT_KIND_CLOSED) == 1);
    CHECK(count(ue, MSGIN5G_EVENT_KIND_FAILED) == 0 && count(ue, MSGIN5G_EVENT_KIND_REPORT_FAILED) == 0);
    CHECK(count(ue, MSGIN5G_EVENT_KIND_CONNECT_FAILED) == 0 && count(ue, MSGIN5G_EVENT_KIND_MALFORMED) == 0);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&ue->client));
    ue->lives = 0;
}

int main(int argc, char **argv)
{
    unsigned i;
    CHECK(argc == 11);
    group = argv[9];
    topic = argv[10];
    fill(long_text, sizeof long_text - 1);
    fill(longer_text, sizeof longer_text - 1);
    for (i = 0; i < 2; i++) {
        new_ue(ues[i], argv, argv + 5 + 2 * i);
    }
    reader.config.reports = MSGIN5G_REPORTS_BY_APPLICATION;
    for (i = 0; i < 2; i++) {
        ue_start(ues[i]);
        registered(ues[i]);
    }
    to_a_group();
    memset(writer.events, 0, sizeof writer.events);
    long_message();
    longer_message_by_parts();
    aggregate();
    refused_by_the_application();
    to_a_topic();
    another_life(argv);
    leave(&writer);
    leave(&reborn);
    puts("messaging: ok");
    return EXIT_SUCCESS;
}
