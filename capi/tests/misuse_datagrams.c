/**
 * \file misuse_datagrams.c
 * Sessions over datagrams with what a port and a configuration should not give, and a sleep that cannot be.
 */
#include "check.h"
#include "misuse.h"

static const uint8_t SECRET[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static uint8_t memory[MSGIN5G_MEMORY_SIZE_DTLS13];

static int32_t value(void *user, uint64_t *value)
{
    *value = ++*(uint64_t *)user;
    return 0;
}

static void over_dtls(bench *it)
{
    bench_new(it);
    it->config.session = MSGIN5G_SESSION_DTLS13;
    it->config.memory = memory;
    it->config.memory_size = sizeof memory;
}

static void configurations(void)
{
    static const uint8_t id[21];
    static bench it;
#define BECOMES(expected, change)                                                                                      \
    over_dtls(&it);                                                                                                    \
    change;                                                                                                            \
    STATUS(expected, msgin5g_init(&it.client, &it.config));                                                            \
    STATUS((expected) == MSGIN5G_STATUS_OK ? MSGIN5G_STATUS_OK : MSGIN5G_STATUS_NOT_INITIALISED,                       \
           msgin5g_wipe(&it.client))
    BECOMES(MSGIN5G_STATUS_OK, (void)0);
    BECOMES(MSGIN5G_STATUS_OK, it.config.memory = memory + 7; it.config.memory_size -= 7);
    BECOMES(MSGIN5G_STATUS_OK, it.config.dtls_connection_id = id; it.config.dtls_connection_id_len = 20);
    BECOMES(MSGIN5G_STATUS_OK, it.config.dtls_connection_id_len = MSGIN5G_NONE);
    BECOMES(MSGIN5G_STATUS_OK, it.config.dtls_mtu = 65535);
    BECOMES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.memory_size = MSGIN5G_MEMORY_SIZE);
    BECOMES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.memory_size = MSGIN5G_DTLS13_SIZE);
    BECOMES(MSGIN5G_STATUS_BUFFER_TOO_SMALL, it.config.sizes.record = 0xfffffffe);
    BECOMES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.dtls_connection_id_len = 1);
    BECOMES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.dtls_connection_id = id; it.config.dtls_connection_id_len = 21);
    BECOMES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.dtls_mtu = 65536);
    BECOMES(MSGIN5G_STATUS_INVALID_CONFIG, it.config.dtls_mtu = 63);
    BECOMES(MSGIN5G_STATUS_OK, it.config.session = MSGIN5G_SESSION_INSECURE_STREAM);
    BECOMES(MSGIN5G_STATUS_OK, it.config.session = MSGIN5G_SESSION_INSECURE_DATAGRAMS);
    BECOMES(MSGIN5G_STATUS_INVALID_ARGUMENT, it.config.session = MSGIN5G_SESSION_INSECURE_DATAGRAMS + 1);
}

/* Ports that break their word: whatever they return, each poll ends and says when to come back. */
static void ports(void)
{
    static const int32_t codes[] = {0, 1, 5, 1281, 100000, INT32_MAX, -1, MSGIN5G_STATUS_CLOSED, INT32_MIN};
    static const uint32_t sessions[] = {MSGIN5G_SESSION_DTLS13, MSGIN5G_SESSION_INSECURE_STREAM,
                                        MSGIN5G_SESSION_INSECURE_DATAGRAMS};
    static bench it;
    size_t session, a, b;
    uint64_t turn;
    for (session = 0; session < sizeof sessions / sizeof *sessions; session++) {
        for (a = 0; a < sizeof codes / sizeof *codes; a++) {
            for (b = 0; b < sizeof codes / sizeof *codes; b++) {
                over_dtls(&it);
                it.config.session = sessions[session];
                it.connect = 1;
                it.send = codes[a];
                it.recv = codes[b];
                STATUS(MSGIN5G_STATUS_OK, msgin5g_init(&it.client, &it.config));
                STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&it.client));
                for (turn = 0; turn < 8; turn++) {
                    CHECK(msgin5g_poll(&it.client, turn * 20000) >= 0);
                }
                STATUS(0, msgin5g_is_registered(&it.client));
                STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
            }
        }
    }
}

/* Nothing to put away: no association, another session, nowhere to put it. */
static void sleeps(void)
{
    static uint8_t flash[MSGIN5G_SNAPSHOT_SIZE];
    static bench it;
    uint64_t number = 0;
    msgin5g_counter fuse;
    size_t len = 77;
    memset(&fuse, 0, sizeof fuse);
    fuse.size = sizeof fuse;
    fuse.user = &number;
    fuse.value = value;
    fuse.advance = value;
#define SLEEPS(expected, secret, secret_len, fuse, out, out_size, out_len)                                             \
    STATUS(expected, msgin5g_snapshot_sleep(&it.client, secret, secret_len, fuse, out, out_size, out_len))
    over_dtls(&it);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_init(&it.client, &it.config));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_register(&it.client));
    SLEEPS(MSGIN5G_STATUS_INVALID_ARGUMENT, NULL, 16, &fuse, flash, sizeof flash, &len);
    SLEEPS(MSGIN5G_STATUS_KEY_LENGTH, SECRET, 15, &fuse, flash, sizeof flash, &len);
    SLEEPS(MSGIN5G_STATUS_TOO_LARGE, SECRET, SIZE_MAX, &fuse, flash, sizeof flash, &len);
    SLEEPS(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, NULL, flash, sizeof flash, &len);
    SLEEPS(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, NULL, sizeof flash, &len);
    SLEEPS(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, flash, SIZE_MAX, &len);
    SLEEPS(MSGIN5G_STATUS_INVALID_ARGUMENT, SECRET, 16, &fuse, flash, sizeof flash, NULL);
    SLEEPS(MSGIN5G_STATUS_BUSY, SECRET, 16, &fuse, flash, sizeof flash, &len);
    it.connect = 1;
    it.send_whole = 1;
    CHECK(msgin5g_poll(&it.client, 1) >= 0);
    SLEEPS(MSGIN5G_STATUS_BUSY, SECRET, 16, &fuse, flash, sizeof flash, &len);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    SLEEPS(MSGIN5G_STATUS_NOT_INITIALISED, SECRET, 16, &fuse, flash, sizeof flash, &len);

    bench_new(&it);
    bench_start(&it);
    SLEEPS(MSGIN5G_STATUS_INVALID_CONFIG, SECRET, 16, &fuse, flash, sizeof flash, &len);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    CHECK(len == 77 && number == 0);
}

void misuse_datagrams(void)
{
    configurations();
    ports();
    sleeps();
}
