/**
 * \file misuse.c
 * Every function with NULL, zero, huge and wrong-state arguments: each answers with a code, none does harm. Run under
 * AddressSanitizer, UndefinedBehaviorSanitizer and valgrind.
 */
#include "check.h"
#include "misuse.h"

static const uint8_t SECRET[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const char *const TOPICS[9] = {"t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"};

static int32_t count(void *user, uint64_t *value)
{
    *value = ++*(uint64_t *)user;
    return 0;
}

static int32_t value(void *user, uint64_t *out)
{
    *out = *(const uint64_t *)user;
    return 0;
}

static uint64_t fuses;

static msgin5g_counter counter(void)
{
    msgin5g_counter it;
    memset(&it, 0, sizeof it);
    it.size = sizeof it;
    it.user = &fuses;
    it.value = value;
    it.advance = count;
    return it;
}

static msgin5g_message to_pump(void)
{
    msgin5g_message it;
    memset(&it, 0, sizeof it);
    it.size = sizeof it;
    it.recipient = "pump-3@iot.example";
    it.payload = "hello";
    it.payload_len = 5;
    return it;
}

/* Each function that takes a client, with arguments that are sound otherwise. */
static int32_t with_client(int which, msgin5g_client *client)
{
    static uint8_t flash[MSGIN5G_SNAPSHOT_SIZE];
    msgin5g_message message = to_pump();
    msgin5g_counter fuse = counter();
    msgin5g_message_id id;
    msgin5g_profile profile;
    uint32_t subscription;
    size_t len;
    memset(&profile, 0, sizeof profile);
    profile.size = sizeof profile;
    memset(&id, 7, sizeof id);
    switch (which) {
    case 0: return (int32_t)msgin5g_poll(client, 1);
    case 1: return msgin5g_close(client);
    case 2: return msgin5g_open(client);
    case 3: return msgin5g_hurry(client);
    case 4: return msgin5g_wipe(client);
    case 5: return msgin5g_is_connected(client);
    case 6: return msgin5g_is_registered(client);
    case 7: return msgin5g_needs_authentication(client);
    case 8: return msgin5g_pending(client);
    case 9: return msgin5g_is_idle(client);
    case 10: return msgin5g_register(client);
    case 11: return msgin5g_deregister(client);
    case 12: return msgin5g_change_profile(client, &profile);
    case 13: return msgin5g_on_device_trigger(client);
    case 14: return msgin5g_send(client, &message, &id);
    case 15: return msgin5g_send_octets(client, &message, &id);
    case 16: return msgin5g_send_from(client, &message, &id);
    case 17: return msgin5g_supply(client, &id, 0, "part", 4);
    case 18: return msgin5g_subscribe(client, TOPICS, 1, NULL, &subscription);
    case 19: return msgin5g_unsubscribe(client, 1);
    case 20: return msgin5g_give_report(client, 1, 1, NULL);
    case 21: return msgin5g_ping(client);
    case 22: return msgin5g_snapshot_save(client, SECRET, sizeof SECRET, &fuse, flash, sizeof flash, &len);
    case 23:
        return msgin5g_snapshot_restore(client, SECRET, sizeof SECRET, &fuse, flash, sizeof flash, 1, 0);
    case 24: return msgin5g_update_stored(client, &id, "msgin5g.example.com", NULL);
    case 25: return msgin5g_snapshot_sleep(client, SECRET, sizeof SECRET, &fuse, flash, sizeof flash, &len);
    default: return 1;
    }
}

#define FUNCTIONS 26

static void all_say(int32_t expected, msgin5g_client *client)
{
    int i;
    for (i = 0; i < FUNCTIONS; i++) {
        int32_t got = with_client(i, client);
        if (got != expected) {
            fprintf(stderr, "function %d says %d (%s) and not %d\n", i, (int)got, msgin5g_strerror(got), (int)expected);
            exit(EXIT_FAILURE);
        }
    }
}

static void no_client(void)
{
    static bench it, copy;
    static const int octets[] = {0x00, 0xff, 0xa5};
    size_t i;
    all_say(MSGIN5G_STATUS_INVALID_ARGUMENT, NULL);
    for (i = 0; i < sizeof octets / sizeof *octets; i++) {
        memset(&it.client, octets[i], sizeof it.client);
        all_say(MSGIN5G_STATUS_NOT_INITIALISED, &it.client);
    }
    bench_new(&it);
    bench_start(&it);
    /* A copy at another place is none. */
    memcpy(&copy.client, &it.client, sizeof it.client);
    all_say(MSGIN5G_STATUS_NOT_INITIALISED, &copy.client);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    all_say(MSGIN5G_STATUS_NOT_INITIALISED, &it.client);
    for (i = 0; i < sizeof it.memory; i++) {
        CHECK(it.memory[i] == 0);
    }
    /* One that could not be made is none either. */
    it.config.server_name = NULL;
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_init(&it.client, &it.config));
    all_say(MSGIN5G_STATUS_NOT_INITIALISED, &it.client);
}

static void reenter(bench *it)
{
    all_say(MSGIN5G_STATUS_IN_CALLBACK, &it->client);
}

static void out_of_callbacks(void)
{
    static bench it;
    int i;
    bench_new(&it);
    bench_start(&it);
    it.from_within = reenter;
    it.connect = 1;
    it.send_whole = 1;
    for (i = 0; i < 20; i++) {
        CHECK(msgin5g_poll(&it.client, (uint64_t)i * 10000) >= 0);
    }
    /* Connecting, sending, receiving, keys, random numbers and events were all there. */
    CHECK(it.within > 6 && it.connects > 0 && it.events > 0);
    it.from_within = NULL;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    CHECK(it.closes > 0);
}

#define REFUSES(expected, change)                                                                                      \
    do {                                                                                                               \
        bench_new(&it);                                                                                                \
        change;                                                                                                        \
        STATUS(expected, msgin5g_init(&it.client, &it.config));                                                        \
    } while (0)

static void configurations(void)
{
    static bench it;
    static char endless[2048], long_id[300];
    static const char *path[9] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    static struct {
        msgin5g_config known;
        uint32_t more;
    } newer;
    memset(endless, 'x', sizeof endless);
    memset(long_id, 'x', sizeof long_id - 1);

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_init(NULL, NULL));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_init(&it.client, NULL));
    bench_new(&it);
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_init(NULL, &it.config));

    REFUSES(MSGIN5G_STATUS_INVALID_SIZE, it.config.size = 0);
    REFUSES(MSGIN5G_STATUS_INVALID_SIZE, it.config.size = sizeof it.config - 1);
    REFUSES(MSGIN5G_STATUS_INVALID_SIZE, it.config.size = UINT32_MAX);
    REFUSES(MSGIN5G_STATUS_INVALID_SIZE, it.transport.size = 4);
    REFUSES(MSGIN5G_STATUS_INVALID_SIZE, it.keys.size = 4);
    REFUSES(MSGIN5G_STATUS_INVALID_SIZE, it.random.size = 4);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.transport = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.keys = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.random = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.transport.connect = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.transport.send = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.transport.recv = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.keys.request = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.random.fill = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.memory = NULL);
    REFUSES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.memory_size = 0);
    REFUSES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.memory_size = 1000);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.memory_size = SIZE_MAX);
    REFUSES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.sizes.slots = UINT32_MAX - 1);
    REFUSES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.sizes.outbox = UINT32_MAX - 1);
    REFUSES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.sizes.receive = 1);
    REFUSES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.sizes.send = 1);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.ue_service_id = NULL);
    REFUSES(MSGIN5G_STATUS_INVALID_IDENTIFIER, it.config.ue_service_id = "");
    REFUSES(MSGIN5G_STATUS_INVALID_IDENTIFIER, it.config.ue_service_id = "a b c d e");
    REFUSES(MSGIN5G_STATUS_INVALID_IDENTIFIER, it.config.ue_service_id = long_id);
    REFUSES(MSGIN5G_STATUS_INVALID_TEXT, it.config.ue_service_id = endless);
    REFUSES(MSGIN5G_STATUS_INVALID_TEXT, it.config.ue_service_id = "\xff\xfe\xfd\xfc\xfb");
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.server_name = NULL);
    REFUSES(MSGIN5G_STATUS_AKMA_NAME, it.config.server_name = "");
    REFUSES(MSGIN5G_STATUS_AKMA_NAME, it.config.server_name = long_id);
    REFUSES(MSGIN5G_STATUS_INVALID_CONFIG, (it.config.server_path = path, it.config.server_path_count = 9));
    REFUSES(MSGIN5G_STATUS_INVALID_CONFIG, (it.config.server_path = path, it.config.server_path_count = UINT32_MAX));
    REFUSES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.service_identifier = "");
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.session = 99);
    REFUSES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.reports = 2);
    REFUSES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.max_attempts = 256);
    REFUSES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.max_breaks = UINT32_MAX);
    REFUSES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.segment_size = 15);
    REFUSES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.segment_size = 65536);
    REFUSES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.registration_refresh_ms = 1);
    REFUSES(MSGIN5G_STATUS_RANDOM_FAILED, it.fill = -1);
    REFUSES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.session = MSGIN5G_SESSION_EMBEDDED_TLS);

    /* Members that this library does not know are 0, or it says so. */
    bench_new(&it);
    newer.known = it.config;
    newer.known.size = sizeof newer;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_init(&it.client, &newer.known));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    newer.more = 1;
    STATUS(MSGIN5G_STATUS_NOT_BUILT, msgin5g_init(&it.client, &newer.known));

    /* Memory of any alignment does. */
    bench_new(&it);
    it.config.memory = it.memory + 1;
    it.config.memory_size = sizeof it.memory - 1;
    bench_start(&it);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
}

static void requests(void)
{
    static bench it;
    static char endless[2048];
    static uint8_t flash[MSGIN5G_SNAPSHOT_SIZE];
    msgin5g_message message = to_pump();
    msgin5g_counter fuse = counter();
    msgin5g_message_id id;
    msgin5g_profile profile;
    uint32_t subscription = 77;
    size_t len = 77;
    int i;
    memset(endless, 'x', sizeof endless);
    memset(&id, 0, sizeof id);
    bench_new(&it);
    bench_start(&it);

#define SENDS(expected, change)                                                                                        \
    do {                                                                                                               \
        message = to_pump();                                                                                           \
        change;                                                                                                        \
        STATUS(expected, msgin5g_send(&it.client, &message, &id));                                                     \
        STATUS(expected, msgin5g_send_octets(&it.client, &message, &id));                                              \
    } while (0)
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_send(&it.client, NULL, &id));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_send_octets(&it.client, NULL, &id));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_send_from(&it.client, NULL, &id));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_send_from(&it.client, &message, NULL));
    SENDS(MSGIN5G_STATUS_INVALID_SIZE, message.size = 0);
    SENDS(MSGIN5G_STATUS_INVALID_SIZE, message.size = UINT32_MAX);
    SENDS(MSGIN5G_STATUS_INVALID_ARGUMENT, message.recipient = NULL);
    SENDS(MSGIN5G_STATUS_INVALID_IDENTIFIER, message.recipient = "");
    SENDS(MSGIN5G_STATUS_INVALID_TEXT, message.recipient = endless);
    SENDS(MSGIN5G_STATUS_INVALID_ARGUMENT, message.recipient_kind = MSGIN5G_ADDRESS_BROADCAST_AREA);
    SENDS(MSGIN5G_STATUS_INVALID_ARGUMENT, message.recipient_kind = UINT32_MAX);
    SENDS(MSGIN5G_STATUS_INVALID_ARGUMENT, message.payload = NULL);
    SENDS(MSGIN5G_STATUS_TOO_LARGE, message.payload_len = SIZE_MAX);
    SENDS(MSGIN5G_STATUS_TOO_LARGE, message.payload_len = (size_t)1 << 30);
    SENDS(MSGIN5G_STATUS_INVALID_ARGUMENT, message.priority = 3);
    SENDS(MSGIN5G_STATUS_INVALID_ARGUMENT, message.flags = UINT32_MAX);
    SENDS(MSGIN5G_STATUS_INVALID_TEXT, message.application_id = endless);
    SENDS(MSGIN5G_STATUS_INVALID_TEXT, (message.flags = MSGIN5G_MAY_STORE, message.store_until = endless));
    message = to_pump();
    message.payload = "\xc3";
    message.payload_len = 1;
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_send(&it.client, &message, &id));
    message = to_pump();
    message.payload_len = SIZE_MAX;
    STATUS(MSGIN5G_STATUS_TOO_LARGE, msgin5g_send_from(&it.client, &message, &id));
    it.fill = -1;
    message = to_pump();
    STATUS(MSGIN5G_STATUS_RANDOM_FAILED, msgin5g_send(&it.client, &message, &id));
    it.fill = 0;
    STATUS(0, msgin5g_pending(&it.client));
    for (i = 0; i < 16; i++) {
        CHECK(id.octets[i] == 0); /* Untouched by all of these. */
    }

    /* Zero length is a message; a NULL place for its name is fine. */
    message.payload = NULL;
    message.payload_len = 0;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&it.client, &message, NULL));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send_octets(&it.client, &message, NULL));
    for (i = 0; i < 16 && msgin5g_send(&it.client, &message, NULL) == MSGIN5G_STATUS_OK; i++) {
    }
    STATUS(MSGIN5G_STATUS_OUTBOX_FULL, msgin5g_send(&it.client, &message, NULL));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_supply(&it.client, NULL, 0, "x", 1));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_supply(&it.client, &id, 0, NULL, 1));
    STATUS(MSGIN5G_STATUS_TOO_LARGE, msgin5g_supply(&it.client, &id, 0, "x", SIZE_MAX));
    STATUS(MSGIN5G_STATUS_UNKNOWN_TICKET, msgin5g_supply(&it.client, &id, SIZE_MAX, "x", 1));
    STATUS(MSGIN5G_STATUS_UNKNOWN_TICKET, msgin5g_supply(&it.client, &id, 0, NULL, 0));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_subscribe(&it.client, NULL, 1, NULL, &subscription));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_subscribe(&it.client, TOPICS, 1, NULL, NULL));
    STATUS(MSGIN5G_STATUS_TOPIC_COUNT, msgin5g_subscribe(&it.client, TOPICS, 0, NULL, &subscription));
    STATUS(MSGIN5G_STATUS_TOPIC_COUNT, msgin5g_subscribe(&it.client, TOPICS, 9, NULL, &subscription));
    STATUS(MSGIN5G_STATUS_TOPIC_COUNT, msgin5g_subscribe(&it.client, TOPICS, SIZE_MAX, NULL, &subscription));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_subscribe(&it.client, TOPICS, 1, endless, &subscription));
    CHECK(subscription == 77);
    STATUS(MSGIN5G_STATUS_UNKNOWN_TICKET, msgin5g_unsubscribe(&it.client, 0));
    STATUS(MSGIN5G_STATUS_UNKNOWN_TICKET, msgin5g_unsubscribe(&it.client, UINT32_MAX));

    STATUS(MSGIN5G_STATUS_UNKNOWN_TICKET, msgin5g_give_report(&it.client, 0, 1, NULL));
    STATUS(MSGIN5G_STATUS_UNKNOWN_TICKET, msgin5g_give_report(&it.client, UINT32_MAX, 0, "no"));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_give_report(&it.client, 1, 2, NULL));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_give_report(&it.client, 1, 0, endless));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_update_stored(&it.client, NULL, "as.example", NULL));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_update_stored(&it.client, &id, NULL, NULL));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_update_stored(&it.client, &id, endless, NULL));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_update_stored(&it.client, &id, "as.example", endless));
    STATUS(MSGIN5G_STATUS_OUTBOX_FULL, msgin5g_update_stored(&it.client, &id, "as.example", NULL));

    memset(&profile, 0, sizeof profile);
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_change_profile(&it.client, NULL));
    STATUS(MSGIN5G_STATUS_INVALID_SIZE, msgin5g_change_profile(&it.client, &profile));
    profile.size = sizeof profile;
    profile.periodic = 3;
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_change_profile(&it.client, &profile));
    profile.periodic = 0;
    profile.schedule = endless;
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_change_profile(&it.client, &profile));

    /* Wrong order. */
    STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&it.client));
    STATUS(MSGIN5G_STATUS_BUSY, msgin5g_register(&it.client));
    STATUS(MSGIN5G_STATUS_BUSY, msgin5g_deregister(&it.client));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_ping(&it.client));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_open(&it.client));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_hurry(&it.client));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_close(&it.client));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_on_device_trigger(&it.client));
    STATUS(0, msgin5g_is_connected(&it.client));
    STATUS(0, msgin5g_is_registered(&it.client));
    STATUS(0, msgin5g_needs_authentication(&it.client));
    STATUS(0, msgin5g_is_idle(&it.client));

#define SAVES(expected, secret, secret_len, fuse, out, out_size, out_len)                                              \
    STATUS(expected, msgin5g_snapshot_save(&it.client, secret, secret_len, fuse, out, out_size, out_len))
    SAVES(MSGIN5G_STATUS_INVALID_ARGUMENT, NULL, 16, &fuse, flash, sizeof flash, &len);
    SAVES(MSGIN5G_STATUS_KEY_LENGTH, SECRET, 0, &fuse, flash, sizeof flash, &len);
    SAVES(MSGIN5G_STATUS_KEY_LENGTH, SECRET, 15, &fuse, flash, sizeof flash, &len);
    SAVES(MSGIN5G_STATUS_TOO_LARGE, SECRET, SIZE_MAX, &fuse, flash, sizeof flash, &len);
    SAVES(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, NULL, flash, sizeof flash, &len);
    SAVES(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, NULL, sizeof flash, &len);
    SAVES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, SECRET, 16, &fuse, flash, 0, &len);
    SAVES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, SECRET, 16, &fuse, flash, 40, &len);
    SAVES(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, flash, SIZE_MAX, &len);
    SAVES(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, flash, sizeof flash, NULL);
    fuse.advance = NULL;
    SAVES(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, flash, sizeof flash, &len);
    fuse = counter();
    CHECK(len == 77);
    SAVES(MSGIN5G_STATUS_OK, SECRET, 16, &fuse, flash, sizeof flash, &len);
#define RESTORES(expected, secret, secret_len, fuse, from, from_len)                                                   \
    STATUS(expected, msgin5g_snapshot_restore(&it.client, secret, secret_len, fuse, from, from_len, 0, 0))
    RESTORES(MSGIN5G_STATUS_INVALID_ARGUMENT, NULL, 16, &fuse, flash, len);
    RESTORES(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, NULL, flash, len);
    RESTORES(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, NULL, len);
    RESTORES(MSGIN5G_STATUS_SNAPSHOT_INVALID, SECRET, 16, &fuse, flash, 0);
    RESTORES(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, flash, SIZE_MAX);
    RESTORES(MSGIN5G_STATUS_OK, SECRET, 16, &fuse, flash, len);
    CHECK(msgin5g_pending(&it.client) > 0);
    RESTORES(MSGIN5G_STATUS_SNAPSHOT_OLD, SECRET, 16, &fuse, flash, len);

    CHECK(msgin5g_poll(&it.client, UINT64_MAX) >= 0);
    CHECK(msgin5g_poll(&it.client, 0) >= 0);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
}

/* A port and a key source that break their word. */
static void bad_ports(void)
{
    static const int32_t codes[] = {0, 1, 5, 641, 100000, INT32_MAX, -1, MSGIN5G_STATUS_CLOSED, INT32_MIN};
    static bench it;
    size_t a, b;
    int turn;
    for (a = 0; a < sizeof codes / sizeof *codes; a++) {
        for (b = 0; b < sizeof codes / sizeof *codes; b++) {
            bench_new(&it);
            it.connect = 1;
            it.send = codes[a];
            it.recv = codes[b];
            bench_start(&it);
            STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&it.client));
            for (turn = 0; turn < 8; turn++) {
                CHECK(msgin5g_poll(&it.client, (uint64_t)turn * 100000) >= 0);
            }
            CHECK(msgin5g_is_connected(&it.client) == 0);
            STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
        }
        bench_new(&it);
        it.connect = codes[a] < 0 ? codes[a] : -7;
        bench_start(&it);
        CHECK(msgin5g_poll(&it.client, 1) > 1);
        CHECK(it.kind == MSGIN5G_EVENT_KIND_CONNECT_FAILED);
        STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));

        bench_new(&it);
        it.key = codes[a] < 0 ? codes[a] : 1;
        it.key_kind = codes[a] < 0 ? MSGIN5G_KEY_KIND_KAF : (uint32_t)codes[a] + 100;
        bench_start(&it);
        CHECK(msgin5g_poll(&it.client, 1) > 1);
        CHECK(it.kind == MSGIN5G_EVENT_KIND_NO_KEY && it.connects == 0);
        STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    }
    /* A K_AUSF of nobody. */
    bench_new(&it);
    it.key_kind = MSGIN5G_KEY_KIND_KAUSF;
    it.subscriber.supi = NULL;
    bench_start(&it);
    CHECK(msgin5g_poll(&it.client, 1) > 1);
    CHECK(it.kind == MSGIN5G_EVENT_KIND_NO_KEY);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    /* One of somebody is tried. */
    bench_new(&it);
    it.key_kind = MSGIN5G_KEY_KIND_KAUSF;
    bench_start(&it);
    CHECK(msgin5g_poll(&it.client, 1) > 1);
    CHECK(it.connects == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
}

static void akma(void)
{
    static char endless[2048];
    uint8_t key[32], out[32], a_tid[32], emsk[64];
    char text[257];
    uint8_t octets[8];
    size_t len = 77;
    msgin5g_subscriber who;
    memset(endless, 'x', sizeof endless);
    memset(key, 1, sizeof key);
    memset(emsk, 2, sizeof emsk);
    memset(a_tid, 3, sizeof a_tid);
    memset(&who, 0, sizeof who);
    who.size = sizeof who;
    who.mcc = "001";
    who.mnc = "01";

#define SNN "5G:mnc001.mcc001.3gppnetwork.org"
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_ausf_from_5g_aka(NULL, key, SNN, key, out));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_ausf_from_5g_aka(key, NULL, SNN, key, out));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_ausf_from_5g_aka(key, key, NULL, key, out));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_ausf_from_5g_aka(key, key, SNN, NULL, out));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_ausf_from_5g_aka(key, key, SNN, key, NULL));
    STATUS(MSGIN5G_STATUS_AKMA_NAME, msgin5g_akma_k_ausf_from_5g_aka(key, key, "", key, out));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_akma_k_ausf_from_5g_aka(key, key, endless, key, out));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_akma_k_ausf_from_5g_aka(key, key, SNN, key, out));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_ausf_from_emsk(NULL, 64, out));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_ausf_from_emsk(emsk, 64, NULL));
    STATUS(MSGIN5G_STATUS_KEY_LENGTH, msgin5g_akma_k_ausf_from_emsk(emsk, 0, out));
    STATUS(MSGIN5G_STATUS_KEY_LENGTH, msgin5g_akma_k_ausf_from_emsk(emsk, 63, out));
    STATUS(MSGIN5G_STATUS_TOO_LARGE, msgin5g_akma_k_ausf_from_emsk(emsk, SIZE_MAX, out));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_akma_k_ausf_from_emsk(emsk, 64, out));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_akma(NULL, "001010000000001", out, a_tid));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_akma(key, NULL, out, a_tid));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_akma(key, "001010000000001", NULL, a_tid));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_akma(key, "001010000000001", out, NULL));
    STATUS(MSGIN5G_STATUS_AKMA_NAME, msgin5g_akma_k_akma(key, "imsi-001010000000001", out, a_tid));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_akma_k_akma(key, endless, out, a_tid));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_af(NULL, "a.example", NULL, out));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_af(key, NULL, NULL, out));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_k_af(key, "a.example", NULL, NULL));
    STATUS(MSGIN5G_STATUS_AKMA_NAME, msgin5g_akma_k_af(key, "", NULL, out));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_akma_k_af(key, "a.example", NULL, out));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_a_kid(NULL, &who, text, sizeof text));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_a_kid(a_tid, NULL, text, sizeof text));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_a_kid(a_tid, &who, NULL, sizeof text));
    STATUS(MSGIN5G_STATUS_BUFFER_TOO_SMALL, msgin5g_akma_a_kid(a_tid, &who, text, 0));
    STATUS(MSGIN5G_STATUS_BUFFER_TOO_SMALL, msgin5g_akma_a_kid(a_tid, &who, text, 20));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_akma_a_kid(a_tid, &who, text, 193));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_akma_psk_identity(text, text, sizeof text));
    who.form = 5;
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_a_kid(a_tid, &who, text, sizeof text));
    who.form = 0;
    who.routing_indicator = "12345";
    STATUS(MSGIN5G_STATUS_AKMA_NAME, msgin5g_akma_a_kid(a_tid, &who, text, sizeof text));
    who.size = 0;
    STATUS(MSGIN5G_STATUS_INVALID_SIZE, msgin5g_akma_a_kid(a_tid, &who, text, sizeof text));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_psk_identity(NULL, text, sizeof text));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_akma_psk_identity("a@b.example", NULL, sizeof text));
    STATUS(MSGIN5G_STATUS_BUFFER_TOO_SMALL, msgin5g_akma_psk_identity("a@b.example", text, 0));
    STATUS(MSGIN5G_STATUS_BUFFER_TOO_SMALL, msgin5g_akma_psk_identity("a@b.example", text, 20));
    STATUS(MSGIN5G_STATUS_AKMA_NAME, msgin5g_akma_psk_identity("", text, sizeof text));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_decode_octets(NULL, 4, octets, sizeof octets, &len));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_decode_octets("AAAA", 4, NULL, sizeof octets, &len));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_decode_octets("AAAA", 4, octets, sizeof octets, NULL));
    STATUS(MSGIN5G_STATUS_TOO_LARGE, msgin5g_decode_octets("AAAA", SIZE_MAX, octets, sizeof octets, &len));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_decode_octets("AAAA", 4, octets, SIZE_MAX, &len));
    STATUS(MSGIN5G_STATUS_BUFFER_TOO_SMALL, msgin5g_decode_octets("AAAA", 4, octets, 0, &len));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_decode_octets("A?AA", 4, octets, sizeof octets, &len));
    CHECK(len == 77);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_decode_octets("AQID", 4, octets, sizeof octets, &len));
    CHECK(len == 3 && octets[0] == 1 && octets[2] == 3);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_decode_octets(NULL, 0, NULL, 0, &len));
    CHECK(len == 0);
}

int main(void)
{
    int32_t status;
    CHECK(msgin5g_version() == MSGIN5G_VERSION);
    for (status = -300; status < 300; status++) {
        CHECK(msgin5g_strerror(status) != NULL && strlen(msgin5g_strerror(status)) > 1);
    }
    CHECK(msgin5g_strerror(INT32_MIN) == msgin5g_strerror(INT32_MAX));
    no_client();
    out_of_callbacks();
    configurations();
    requests();
    bad_ports();
    akma();
    misuse_at();
    misuse_conformance();
    misuse_document();
    misuse_gateway();
    misuse_datagrams();
    puts("misuse: ok");
    return EXIT_SUCCESS;
}
