/**
 * \file dtls.c
 * A UE over DTLS that sleeps: what is restored in other memory goes on with the same association, without a key, a
 * handshake and a registration.
 *
 * dtls ADDRESS PORT SERVER_NAME K_AUSF SUPI UE_SERVICE_ID PEER
 *
 * PEER answers what it is sent. `cargo xtask capi` runs it against the reference network with wolfSSL.
 */
#include "ue.h"

#define LIVES 4

static const uint8_t SECRET[32] = {7};

static ue lives[LIVES + 2];
static ue *one;
static const char *peer;
static uint8_t flash[MSGIN5G_SNAPSHOT_SIZE];
static uint64_t number = 41;

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

static msgin5g_counter fuses(void)
{
    msgin5g_counter counter;
    memset(&counter, 0, sizeof counter);
    counter.size = sizeof counter;
    counter.user = &number;
    counter.value = value;
    counter.advance = advance;
    return counter;
}

static void new_life(ue *ue, char **argv, uint32_t generation)
{
    ue_new(ue, argv[3], argv[4], argv[5], argv[6]);
    ue_over_udp(ue, argv[1], argv[2]);
    ue->generation = generation;
    /* What is lost is dialled again at once. */
    ue->config.first_pause_ms = 1;
    ue->config.sizes.outbox = 0;
    ue->config.sizes.incoming = 0;
    ue->config.sizes.sets = 0;
    ue_start(ue);
    one = ue;
}

/* A message that the peer reports and answers. */
static void converse(const char *text)
{
    unsigned reports = one->reports, messages = one->messages;
    msgin5g_message message = ue_message_to(MSGIN5G_ADDRESS_UE, peer, text, MSGIN5G_REPORT_WANTED);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_send(&one->client, &message, NULL));
    UNTIL(&one, 1, one->reports > reports && one->messages > messages);
    CHECK(one->success == 1);
    CHECK(strstr(one->inbox[messages % UE_INBOX].payload, text) != NULL);
}

/* Puts it away as soon as nothing is under way; how many octets. */
static size_t asleep(void)
{
    msgin5g_counter counter = fuses();
    int32_t status = MSGIN5G_STATUS_BUSY;
    size_t len = 0;
    UNTIL(&one, 1,
          (status = msgin5g_snapshot_sleep(&one->client, SECRET, sizeof SECRET, &counter, flash, sizeof flash, &len)) !=
              MSGIN5G_STATUS_BUSY);
    STATUS(MSGIN5G_STATUS_OK, status);
    CHECK(len > 0 && len <= sizeof flash);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&one->client));
    CHECK(one->tcp.socket < 0);
    one->lives = 0;
    return len;
}

static int32_t restored(size_t len)
{
    msgin5g_counter counter = fuses();
    return msgin5g_snapshot_restore(&one->client, SECRET, sizeof SECRET, &counter, flash, len, port_now_ms(), 0);
}

/* No room for the snapshot: nothing is used up but the association, and the client opens another. */
static void a_sleep_that_fails(void)
{
    msgin5g_counter counter = fuses();
    int32_t status = MSGIN5G_STATUS_BUSY;
    size_t len = 0;
    unsigned asked = one->asked;
    uint64_t before = number;
    UNTIL(&one, 1,
          (status = msgin5g_snapshot_sleep(&one->client, SECRET, sizeof SECRET, &counter, flash, 40, &len)) !=
              MSGIN5G_STATUS_BUSY);
    STATUS(MSGIN5G_STATUS_BUFFER_TOO_SMALL, status);
    CHECK(number == before && len == 0);
    converse("no room to sleep in");
    CHECK(one->asked == asked + 1);
    CHECK(one->events[MSGIN5G_EVENT_KIND_CONNECTED] == 2);
}

int main(int argc, char **argv)
{
    size_t len, life;
    CHECK(argc == 8);
    peer = argv[7];
    new_life(&lives[0], argv, 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&one->client));
    UNTIL(&one, 1, one->events[MSGIN5G_EVENT_KIND_REGISTERED] == 1);
    converse("awake");
    a_sleep_that_fails();

    for (life = 1; life < LIVES; life++) {
        /* The last one wakes to a new K_AUSF, which is told and waits for the next session. */
        int is_last = life == LIVES - 1;
        len = asleep();
        new_life(&lives[life], argv, is_last ? 2 : 1);
        STATUS(MSGIN5G_STATUS_OK, restored(len));
        STATUS(1, msgin5g_is_registered(&one->client));
        converse("awake again");
        CHECK(one->asked == 0);
        CHECK(one->events[MSGIN5G_EVENT_KIND_CONNECTED] == 1);
        CHECK(one->events[MSGIN5G_EVENT_KIND_REGISTERED] == 0);
        CHECK(one->events[MSGIN5G_EVENT_KIND_KEY_CHANGED] == (unsigned)is_last);
        STATUS(MSGIN5G_STATUS_BUSY, restored(len));
    }

    /* An association is of no use to a stream: the snapshot is used up, and the client is as if it were new. */
    len = asleep();
    ue_new(&lives[LIVES], argv[3], argv[4], argv[5], argv[6]);
    one = &lives[LIVES];
    ue_over_tcp(one, argv[1], argv[2]);
    one->config.session = MSGIN5G_SESSION_TLS13;
    ue_start(one);
    STATUS(MSGIN5G_STATUS_SNAPSHOT_DOES_NOT_FIT, restored(len));
    STATUS(0, msgin5g_is_registered(&one->client));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&one->client));

    /* So another one has to be opened. */
    new_life(&lives[LIVES + 1], argv, 2);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&one->client));
    UNTIL(&one, 1, one->events[MSGIN5G_EVENT_KIND_REGISTERED] == 1);
    CHECK(one->asked == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_deregister(&one->client));
    UNTIL(&one, 1, one->events[MSGIN5G_EVENT_KIND_DEREGISTERED] == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_close(&one->client));
    UNTIL(&one, 1, one->events[MSGIN5G_EVENT_KIND_CLOSED] == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&one->client));
    puts("dtls: ok");
    return EXIT_SUCCESS;
}
