/** \file misuse_conformance.c  The test of transports with NULL, zero and huge arguments. */
#include "check.h"
#include "misuse.h"

static uint64_t now;

static uint64_t now_ms(void *user)
{
    (void)user;
    return now += 1000;
}

typedef msgin5g_status test_of(const msgin5g_transport *, const msgin5g_conformance_config *,
                               msgin5g_conformance_report *);

static void both(test_of *test)
{
    static const int32_t codes[] = {0, 1, 2, 512, 100000, INT32_MAX, -1, MSGIN5G_STATUS_CLOSED, INT32_MIN};
    static bench it;
    static struct {
        msgin5g_conformance_report known;
        uint32_t more;
    } newer;
    msgin5g_conformance_config config, sound;
    msgin5g_conformance_report report;
    size_t a, b;
    bench_new(&it);
    memset(&sound, 0, sizeof sound);
    sound.size = sizeof sound;
    sound.now_ms = now_ms;
    memset(&report, 0, sizeof report);
    report.size = sizeof report;

#define TEST(expected, change)                                                                                         \
    do {                                                                                                               \
        bench_new(&it);                                                                                                \
        config = sound;                                                                                                \
        report.size = sizeof report;                                                                                   \
        change;                                                                                                        \
        STATUS(expected, test(&it.transport, &config, &report));                                                       \
    } while (0)
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, test(NULL, &sound, &report));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, test(&it.transport, NULL, &report));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, test(&it.transport, &sound, NULL));
    TEST(MSGIN5G_STATUS_INVALID_SIZE, it.transport.size = 0);
    TEST(MSGIN5G_STATUS_INVALID_SIZE, config.size = 0);
    TEST(MSGIN5G_STATUS_INVALID_SIZE, config.size = UINT32_MAX);
    TEST(MSGIN5G_STATUS_INVALID_SIZE, report.size = 0);
    TEST(MSGIN5G_STATUS_INVALID_SIZE, report.size = UINT32_MAX);
    TEST(MSGIN5G_STATUS_INVALID_ARGUMENT, it.transport.connect = NULL);
    TEST(MSGIN5G_STATUS_INVALID_ARGUMENT, it.transport.send = NULL);
    TEST(MSGIN5G_STATUS_INVALID_ARGUMENT, it.transport.recv = NULL);
    TEST(MSGIN5G_STATUS_INVALID_ARGUMENT, config.now_ms = NULL);
    CHECK(it.connects == 0 && it.closes == 0);

    /* A report of a newer header: what is not known here stays as it is, if it is 0. */
    bench_new(&it);
    it.connect = -3;
    newer.known.size = sizeof newer;
    newer.more = 0;
    STATUS(MSGIN5G_STATUS_NOT_CONFORMING, test(&it.transport, &sound, &newer.known));
    CHECK(newer.known.size == sizeof newer && newer.known.detail == -3 && newer.more == 0);
    newer.more = 1;
    STATUS(MSGIN5G_STATUS_NOT_BUILT, test(&it.transport, &sound, &newer.known));

    /* Ports that break their word; close() is not needed. */
    for (a = 0; a < sizeof codes / sizeof *codes; a++) {
        for (b = 0; b < sizeof codes / sizeof *codes; b++) {
            TEST(MSGIN5G_STATUS_NOT_CONFORMING,
                 (it.connect = 1, it.send = codes[a], it.recv = codes[b], it.transport.close = NULL));
            CHECK(report.check != MSGIN5G_CHECK_NONE && report.fault != MSGIN5G_FAULT_NONE && report.text[0] != 0);
        }
    }
}

void misuse_conformance(void)
{
    both(msgin5g_conformance_stream);
    both(msgin5g_conformance_datagrams);
}
