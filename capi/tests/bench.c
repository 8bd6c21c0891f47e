#include "check.h"

static void within(bench *it)
{
    if (it->from_within != NULL) {
        it->within++;
        it->from_within(it);
    }
}

static int32_t line_connect(void *user)
{
    bench *it = (bench *)user;
    it->connects++;
    within(it);
    return it->connect;
}

static int32_t line_send(void *user, const uint8_t *data, size_t len)
{
    bench *it = (bench *)user;
    size_t i;
    unsigned sum = 0;
    for (i = 0; i < len; i++) {
        sum += data[i]; /* All of it can be read. */
    }
    within(it);
    return it->send_whole ? (int32_t)len : it->send + (int32_t)(sum & 0u);
}

static int32_t line_recv(void *user, uint8_t *buffer, size_t len)
{
    bench *it = (bench *)user;
    memset(buffer, 0x5a, len); /* All of it can be written. */
    within(it);
    return it->recv;
}

static void line_close(void *user)
{
    bench *it = (bench *)user;
    it->closes++;
    within(it);
}

static int64_t line_deadline(void *user)
{
    within((bench *)user);
    return MSGIN5G_NEVER;
}

static int32_t keys_request(void *user, const char *server_name, const uint8_t *ua_star_id, msgin5g_key *key)
{
    bench *it = (bench *)user;
    CHECK(strcmp(server_name, "msgin5g.example.com") == 0);
    CHECK(ua_star_id[0] == 1 && ua_star_id[4] == 7);
    key->kind = it->key_kind;
    memset(key->key, 0x11, sizeof key->key);
    if (it->key_kind == MSGIN5G_KEY_KIND_KAUSF) {
        key->subscriber = &it->subscriber;
    } else {
        strcpy(key->a_kid, "rid0.atidfeed@5gc.mnc001.mcc001.3gppnetwork.org");
    }
    within(it);
    return it->key;
}

static uint32_t keys_generation(void *user)
{
    within((bench *)user);
    return 0;
}

static int32_t random_fill(void *user, uint8_t *out, size_t len)
{
    bench *it = (bench *)user;
    size_t i;
    for (i = 0; i < len; i++) {
        it->seed = it->seed * 1103515245u + 12345u;
        out[i] = (uint8_t)(it->seed >> 16);
    }
    within(it);
    return it->fill;
}

static void on_message(void *user, const msgin5g_received *message)
{
    CHECK(message->size >= sizeof *message);
    within((bench *)user);
}

static void on_report(void *user, const msgin5g_report *report)
{
    CHECK(report->size >= sizeof *report);
    within((bench *)user);
}

static void on_event(void *user, const msgin5g_event *event)
{
    bench *it = (bench *)user;
    CHECK(event->size >= sizeof *event);
    it->events++;
    it->kind = event->kind;
    it->status = event->status;
    it->detail = event->detail;
    within(it);
}

void bench_new(bench *it)
{
    memset(it, 0, sizeof *it);
    it->key = 1;
    it->key_kind = MSGIN5G_KEY_KIND_KAF;
    it->seed = 7;

    it->subscriber.size = sizeof it->subscriber;
    it->subscriber.supi = "001010000000001";
    it->subscriber.mcc = "001";
    it->subscriber.mnc = "01";

    it->transport.size = sizeof it->transport;
    it->transport.user = it;
    it->transport.connect = line_connect;
    it->transport.send = line_send;
    it->transport.recv = line_recv;
    it->transport.close = line_close;
    it->transport.deadline = line_deadline;

    it->keys.size = sizeof it->keys;
    it->keys.user = it;
    it->keys.request = keys_request;
    it->keys.generation = keys_generation;

    it->random.size = sizeof it->random;
    it->random.user = it;
    it->random.fill = random_fill;

    it->config.size = sizeof it->config;
    it->config.ue_service_id = "meter-7@iot.example";
    it->config.server_name = "msgin5g.example.com";
    it->config.memory = it->memory;
    it->config.memory_size = sizeof it->memory;
    it->config.transport = &it->transport;
    it->config.keys = &it->keys;
    it->config.random = &it->random;
    it->config.user = it;
    it->config.on_message = on_message;
    it->config.on_report = on_report;
    it->config.on_event = on_event;
}

void bench_start(bench *it)
{
    STATUS(MSGIN5G_STATUS_OK, msgin5g_init(&it->client, &it->config));
}
