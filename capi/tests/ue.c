#define _POSIX_C_SOURCE 200809L
#include "ue.h"

#include <poll.h>

static void keep(char *place, size_t room, msgin5g_text text)
{
    CHECK(text.data != NULL && text.len < room);
    memcpy(place, text.data, text.len);
    place[text.len] = 0;
}

static int32_t give_key(void *user, const char *server_name, const uint8_t *ua_star_id, msgin5g_key *key)
{
    ue *it = (ue *)user;
    (void)ua_star_id;
    it->asked++;
    CHECK(strcmp(server_name, it->config.server_name) == 0);
    key->kind = MSGIN5G_KEY_KIND_KAUSF;
    memcpy(key->key, it->k_ausf, sizeof key->key);
    key->subscriber = &it->subscriber;
    return 1;
}

static uint32_t generation(void *user)
{
    return ((const ue *)user)->generation;
}

static void on_message(void *user, const msgin5g_received *message)
{
    ue *it = (ue *)user;
    ue_message *place = &it->inbox[it->messages % UE_INBOX];
    CHECK(message->size == sizeof *message);
    keep(place->originator, sizeof place->originator, message->originator);
    keep(place->recipient, sizeof place->recipient, message->recipient);
    keep(place->payload, sizeof place->payload, message->payload);
    place->recipient_kind = message->recipient_kind;
    place->report_due = message->report_due;
    place->report_ticket = message->report_ticket;
    it->messages++;
}

static void on_report(void *user, const msgin5g_report *report)
{
    ue *it = (ue *)user;
    CHECK(report->size == sizeof *report && report->has_message_id == 1);
    it->success = report->success;
    it->reported = report->message_id;
    keep(it->cause, sizeof it->cause, report->cause);
    it->reports++;
}

static void on_event(void *user, const msgin5g_event *event)
{
    ue *it = (ue *)user;
    CHECK(event->size == sizeof *event && event->kind < UE_KINDS);
    it->events[event->kind]++;
    it->last[event->kind] = *event;
    it->part_wanted |= event->kind == MSGIN5G_EVENT_KIND_PAYLOAD_WANTED;
}

void ue_new(ue *ue, const char *server_name, const char *k_ausf, const char *supi, const char *ue_service_id)
{
    size_t i;
    memset(ue, 0, sizeof *ue);
    CHECK(strlen(k_ausf) == 64);
    for (i = 0; i < 32; i++) {
        unsigned octet;
        CHECK(sscanf(k_ausf + 2 * i, "%2x", &octet) == 1);
        ue->k_ausf[i] = (uint8_t)octet;
    }
    ue->subscriber.size = sizeof ue->subscriber;
    ue->subscriber.supi = supi;
    ue->subscriber.mcc = "001";
    ue->subscriber.mnc = "01";
    ue->keys.size = sizeof ue->keys;
    ue->keys.user = ue;
    ue->keys.request = give_key;
    ue->keys.generation = generation;
    port_random(&ue->random);
    ue->profile.size = sizeof ue->profile;
    ue->tcp.socket = -1;

    ue->config.size = sizeof ue->config;
    ue->config.ue_service_id = ue_service_id;
    ue->config.server_name = server_name;
    ue->config.memory = ue->memory;
    ue->config.memory_size = sizeof ue->memory;
    ue->config.sizes.outbox = 4096;
    ue->config.sizes.incoming = 6144;
    ue->config.sizes.sets = 2;
    ue->config.transport = &ue->transport;
    ue->config.keys = &ue->keys;
    ue->config.random = &ue->random;
    ue->config.user = ue;
    ue->config.on_message = on_message;
    ue->config.on_report = on_report;
    ue->config.on_event = on_event;
    ue->config.profile = &ue->profile;
}

void ue_over_tcp(ue *ue, const char *address, const char *port)
{
    port_tcp_transport(&ue->tcp, address, (uint16_t)atoi(port), &ue->transport);
}

void ue_over_udp(ue *ue, const char *address, const char *port)
{
    port_udp_transport(&ue->tcp, address, (uint16_t)atoi(port), &ue->transport);
    ue->config.session = MSGIN5G_SESSION_DTLS13;
}

void ue_start(ue *ue)
{
    STATUS(MSGIN5G_STATUS_OK, msgin5g_init(&ue->client, &ue->config));
    ue->lives = 1;
}

/* Gives the part that was asked for last. */
static void supply(ue *ue)
{
    const msgin5g_event *event = &ue->last[MSGIN5G_EVENT_KIND_PAYLOAD_WANTED];
    int32_t status;
    CHECK(ue->source != NULL && event->offset + event->len <= strlen(ue->source));
    status = msgin5g_supply(&ue->client, &event->message_id, event->offset, ue->source + event->offset, event->len);
    /* Busy: it is asked for again. */
    CHECK(status == MSGIN5G_STATUS_OK || status == MSGIN5G_STATUS_BUSY);
    ue->part_wanted = 0;
}

int64_t ue_turn(ue *const *ues, size_t count)
{
    int64_t next = MSGIN5G_NEVER;
    size_t i;
    for (i = 0; i < count; i++) {
        int64_t when = MSGIN5G_NEVER;
        if (ues[i]->lives) {
            when = msgin5g_poll(&ues[i]->client, port_now_ms());
            CHECK(when >= 0);
        }
        if (ues[i]->part_wanted) {
            supply(ues[i]);
            when = 0;
        }
        next = when < next ? when : next;
    }
    return next;
}

void ue_wait(ue *const *ues, size_t count, int64_t until_ms)
{
    struct pollfd wanted[UE_MOST];
    int64_t left = until_ms - (int64_t)port_now_ms();
    size_t i;
    CHECK(count <= UE_MOST);
    for (i = 0; i < count; i++) {
        wanted[i].fd = ues[i]->lives ? ues[i]->tcp.socket : -1; /* none: left out */
        wanted[i].events = POLLIN;
        wanted[i].revents = 0;
    }
    (void)poll(wanted, (nfds_t)count, left < 0 ? 0 : left > 100 ? 100 : (int)left);
}

void ue_tell(ue *const *ues, size_t count)
{
    size_t i, kind;
    for (i = 0; i < count; i++) {
        const ue *it = ues[i];
        if (!it->lives) {
            continue;
        }
        fprintf(stderr, "%s: %u messages, %u reports; events:", it->config.ue_service_id, it->messages, it->reports);
        for (kind = 0; kind < UE_KINDS; kind++) {
            if (it->events[kind] > 0) {
                fprintf(stderr, " %u of kind %u (%s)", it->events[kind], (unsigned)kind,
                        msgin5g_strerror(it->last[kind].status));
            }
        }
        fputs("\n", stderr);
    }
}

msgin5g_message ue_message_to(uint32_t kind, const char *recipient, const char *text, uint32_t flags)
{
    msgin5g_message message;
    memset(&message, 0, sizeof message);
    message.size = sizeof message;
    message.recipient_kind = kind;
    message.recipient = recipient;
    message.payload = text;
    message.payload_len = strlen(text);
    message.flags = flags;
    return message;
}
