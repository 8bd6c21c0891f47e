/**
 * \file conformance.c
 * The test of transports, on good ones and on each kind of bad one: in memory, and over sockets by capi/ports/posix.c.
 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "posix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/** What is wrong with the transport. */
enum wrong {
    NOTHING,
    REFUSED,
    NEVER_CONNECTS,
    SPEAKS_FIRST,
    EATS_FLOW_CONTROL,
    WAITS_FOR_A_FULL_BUFFER,
    TAKES_TOO_MUCH,
    GIVES_TOO_MUCH,
    LOSES_WHEN_FULL,
    LOSES_THE_END,
    HIDES_THE_END,
    OTHER_END,
    OPENS_AGAIN,
    KEEPS_OLD_OCTETS,
    CUTS_DATAGRAMS,
    SENDS_A_PART,
    LOSES_DATAGRAMS
};

/** A line with its peer in memory. */
typedef struct line {
    enum wrong wrong;
    uint64_t now;
    /** What the peer was asked for, 0 nothing yet, and how many octets of that are there. */
    uint8_t first;
    unsigned asked;
    uint8_t wanted[2];
    /** What is on its way back. */
    uint8_t queue[4000];
    size_t len;
    int closed;
    unsigned connects, closes, ends;
} line;

static uint8_t pattern(size_t at)
{
    /* As the peer's description has it. */
    static const char confusing[] =
        "\0+++\r\nOK\r\n\r\nNO CARRIER\r\n\x11\x13\x1a\x1b\xff\x7f\r\n+QIURC: \"recv\",0\r\n> AT\r\n";
    size_t within = at & 511;
    if (within < sizeof confusing - 1) {
        return (uint8_t)confusing[within];
    }
    return (uint8_t)((uint8_t)((at & 255) * 167) ^ (uint8_t)((at >> 8 & 255) * 59));
}

static int32_t line_connect(void *user)
{
    line *it = (line *)user;
    if (it->wrong == REFUSED) {
        return -5;
    }
    if (it->wrong == NEVER_CONNECTS || it->connects++ % 2 == 0) {
        return 0; /* not yet */
    }
    it->first = 0;
    it->asked = 0;
    it->closed = 0;
    it->ends = 0;
    if (it->wrong != KEEPS_OLD_OCTETS) {
        it->len = 0;
    }
    return 1;
}

static void back(line *it, uint8_t octet)
{
    if (it->wrong == EATS_FLOW_CONTROL && (octet == 0x11 || octet == 0x13)) {
        return;
    }
    CHECK(it->len < sizeof it->queue);
    it->queue[it->len++] = octet;
}

/* The peer takes an octet. */
static void take(line *it, uint8_t octet)
{
    size_t n, count;
    if (it->first == 0) {
        it->first = octet;
        return;
    }
    if (it->first == 'E') {
        back(it, octet);
        return;
    }
    CHECK(it->first == 'T' && it->asked < 2);
    it->wanted[it->asked++] = octet;
    if (it->asked == 2) {
        count = (size_t)it->wanted[0] << 8 | it->wanted[1];
        for (n = 0; n < count; n++) {
            back(it, pattern(n));
        }
        it->len -= it->wrong == LOSES_THE_END ? 100 : 0;
        it->closed = 1;
    }
}

static int32_t line_send(void *user, const uint8_t *data, size_t len)
{
    line *it = (line *)user;
    size_t room = sizeof it->queue - it->len, n = len < room ? len : room;
    size_t i;
    CHECK(len > 0);
    for (i = 0; i < n; i++) {
        take(it, data[i]);
    }
    if (it->wrong == TAKES_TOO_MUCH) {
        return (int32_t)len + 1;
    }
    return it->wrong == LOSES_WHEN_FULL ? (int32_t)len : (int32_t)n;
}

static int32_t line_recv(void *user, uint8_t *buffer, size_t len)
{
    line *it = (line *)user;
    size_t n = it->len < len ? it->len : len;
    CHECK(len > 0);
    if (it->wrong == SPEAKS_FIRST) {
        buffer[0] = 'x';
        return 1;
    }
    if (it->wrong == WAITS_FOR_A_FULL_BUFFER && it->first != 0 && it->len < len) {
        it->now += 1000;
    }
    if (n == 0 && it->closed) {
        switch (it->wrong) {
        case HIDES_THE_END: return 0;
        case OTHER_END: return -77;
        case OPENS_AGAIN: return it->ends++ == 0 ? MSGIN5G_STATUS_CLOSED : 0;
        default: return MSGIN5G_STATUS_CLOSED;
        }
    }
    memcpy(buffer, it->queue, n);
    it->len -= n;
    memmove(it->queue, it->queue + n, it->len);
    return it->wrong == GIVES_TOO_MUCH && n > 0 ? (int32_t)len + 7 : (int32_t)n;
}

static void line_close(void *user)
{
    ((line *)user)->closes++;
}

static uint64_t line_now(void *user)
{
    return ((line *)user)->now;
}

static void line_idle(void *user)
{
    ((line *)user)->now += 10;
}

/* Datagrams: one at a time is on its way. */
static int32_t way_send(void *user, const uint8_t *data, size_t len)
{
    line *it = (line *)user;
    if (it->len > 0) {
        return 0;
    }
    CHECK(len > 0 && len <= sizeof it->queue);
    if (it->wrong != LOSES_DATAGRAMS) {
        memcpy(it->queue, data, len);
        it->len = len;
    }
    return it->wrong == SENDS_A_PART && len > 1 ? (int32_t)len / 2 : (int32_t)len;
}

static int32_t way_recv(void *user, uint8_t *buffer, size_t len)
{
    line *it = (line *)user;
    size_t n = it->len < len ? it->len : len;
    it->len = 0;
    n = it->wrong == CUTS_DATAGRAMS && n > 100 ? 100 : n;
    memcpy(buffer, it->queue, n);
    return (int32_t)n;
}

typedef msgin5g_status test_of(const msgin5g_transport *, const msgin5g_conformance_config *,
                               msgin5g_conformance_report *);

static msgin5g_conformance_report judged(test_of *test, enum wrong wrong, int32_t says)
{
    static line it;
    msgin5g_transport transport;
    msgin5g_conformance_config config;
    msgin5g_conformance_report report;
    memset(&it, 0, sizeof it);
    it.wrong = wrong;
    memset(&transport, 0, sizeof transport);
    transport.size = sizeof transport;
    transport.user = &it;
    transport.connect = line_connect;
    transport.send = test == msgin5g_conformance_stream ? line_send : way_send;
    transport.recv = test == msgin5g_conformance_stream ? line_recv : way_recv;
    transport.close = line_close;
    memset(&config, 0, sizeof config);
    config.size = sizeof config;
    config.user = &it;
    config.now_ms = line_now;
    config.idle = line_idle;
    memset(&report, 0xa5, sizeof report);
    report.size = sizeof report;
    STATUS(says, test(&transport, &config, &report));
    CHECK(memchr(report.text, 0, sizeof report.text) != NULL);
    /* What was opened is closed. */
    CHECK(it.closes >= it.connects / 2 && it.closes > 0);
    CHECK(report.size == sizeof report);
    return report;
}

static void is_told(test_of *test, enum wrong wrong, uint32_t check, uint32_t fault, int32_t detail, const char *text)
{
    msgin5g_conformance_report report = judged(test, wrong, MSGIN5G_STATUS_NOT_CONFORMING);
    if (report.check != check || report.fault != fault || report.detail != detail || strcmp(report.text, text) != 0) {
        fprintf(stderr, "transport %d: check %u, fault %u, detail %d: %s\n", (int)wrong, (unsigned)report.check,
                (unsigned)report.fault, (int)report.detail, report.text);
        exit(EXIT_FAILURE);
    }
}

static void in_memory(void)
{
    test_of *const stream = msgin5g_conformance_stream, *const datagrams = msgin5g_conformance_datagrams;
    msgin5g_conformance_report report = judged(stream, NOTHING, MSGIN5G_STATUS_OK);
    CHECK(report.check == MSGIN5G_CHECK_NONE && report.fault == MSGIN5G_FAULT_NONE && report.text[0] == 0);
    CHECK(report.sent > 16384 && report.received > 16384 && report.longest_call_ms == 0 && report.lost == 0);
    /* 16 KiB do not fit at once. */
    CHECK(report.pending_sends > 0 && report.partial_sends > 0);

    is_told(stream, REFUSED, MSGIN5G_CHECK_NOTHING_THERE, MSGIN5G_FAULT_ENDED, -5,
            "on a connection on which nothing has come: expected a connection, but it failed with code -5");
    is_told(stream, NEVER_CONNECTS, MSGIN5G_CHECK_NOTHING_THERE, MSGIN5G_FAULT_ENDED, MSGIN5G_STATUS_TIMED_OUT,
            "on a connection on which nothing has come: expected a connection, but none came about in time");
    is_told(stream, SPEAKS_FIRST, MSGIN5G_CHECK_NOTHING_THERE, MSGIN5G_FAULT_UNASKED, 0,
            "on a connection on which nothing has come: octets came that nobody had sent");
    is_told(stream, EATS_FLOW_CONTROL, MSGIN5G_CHECK_TINY_READS, MSGIN5G_FAULT_OCTET, 0,
            "reading one octet at a time: octet 24 should be 0x11, but it is 0x1a");
    is_told(stream, WAITS_FOR_A_FULL_BUFFER, MSGIN5G_CHECK_LARGE_READS, MSGIN5G_FAULT_BLOCKED, 0,
            "reading into a large buffer: a call must not wait, but it took 1000 ms");
    is_told(stream, TAKES_TOO_MUCH, MSGIN5G_CHECK_TINY_READS, MSGIN5G_FAULT_COUNT, 0,
            "reading one octet at a time: expected a count up to 1, but got 2");
    is_told(stream, GIVES_TOO_MUCH, MSGIN5G_CHECK_TINY_READS, MSGIN5G_FAULT_COUNT, 0,
            "reading one octet at a time: expected a count up to 1, but got 8");
    is_told(stream, LOSES_WHEN_FULL, MSGIN5G_CHECK_BULK, MSGIN5G_FAULT_NOT_IN_TIME, 0,
            "with 16 KiB both ways: expected 16384 octets, 4000 came in time");
    is_told(stream, LOSES_THE_END, MSGIN5G_CHECK_CLOSE, MSGIN5G_FAULT_NOT_IN_TIME, 0,
            "when the peer closes: expected 3000 octets, 2900 came in time");
    is_told(stream, HIDES_THE_END, MSGIN5G_CHECK_CLOSE, MSGIN5G_FAULT_STILL_OPEN, 0,
            "when the peer closes: expected MSGIN5G_STATUS_CLOSED after the last octet");
    is_told(stream, OTHER_END, MSGIN5G_CHECK_CLOSE, MSGIN5G_FAULT_ENDED, -77,
            "when the peer closes: expected a connection, but it failed with code -77");
    is_told(stream, OPENS_AGAIN, MSGIN5G_CHECK_CLOSE, MSGIN5G_FAULT_STILL_OPEN, 0,
            "when the peer closes: expected MSGIN5G_STATUS_CLOSED after the last octet");
    is_told(stream, KEEPS_OLD_OCTETS, MSGIN5G_CHECK_RECONNECT, MSGIN5G_FAULT_UNASKED, 0,
            "after connecting again: octets came that nobody had sent");

    report = judged(datagrams, NOTHING, MSGIN5G_STATUS_OK);
    CHECK(report.sent == 8 && report.received == 8 && report.lost == 0 && report.text[0] == 0);
    is_told(datagrams, REFUSED, MSGIN5G_CHECK_NOTHING_THERE, MSGIN5G_FAULT_ENDED, -5,
            "on a connection on which nothing has come: expected a connection, but it failed with code -5");
    is_told(datagrams, CUTS_DATAGRAMS, MSGIN5G_CHECK_BORDERS, MSGIN5G_FAULT_LENGTH, 0,
            "with datagrams of several lengths: a datagram came with 100 octets, which none had that was sent");
    is_told(datagrams, SENDS_A_PART, MSGIN5G_CHECK_BORDERS, MSGIN5G_FAULT_COUNT, 0,
            "with datagrams of several lengths: expected a count of 2, but got 1");
    is_told(datagrams, LOSES_DATAGRAMS, MSGIN5G_CHECK_BORDERS, MSGIN5G_FAULT_LOST, 0,
            "with datagrams of several lengths: 8 of 8 datagrams did not come back");
}

/** The peer, over a socket: it does a little whenever the port has nothing to do. */
typedef struct peer {
    int listener, socket;
    uint8_t head[3], octets[4096];
    size_t heads, len;
    /** For 'T': how many octets are to go, and how many have gone. */
    size_t wanted, gone;
} peer;

static void peer_open(peer *it, uint16_t *port)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    memset(it, 0, sizeof *it);
    it->socket = -1;
    it->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(it->listener >= 0);
    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(it->listener, (const struct sockaddr *)&at, sizeof at) == 0 && listen(it->listener, 8) == 0);
    CHECK(getsockname(it->listener, (struct sockaddr *)&at, &len) == 0);
    CHECK(fcntl(it->listener, F_SETFL, O_NONBLOCK) == 0);
    *port = ntohs(at.sin_port);
}

static void peer_leave(peer *it)
{
    if (it->socket >= 0) {
        (void)close(it->socket);
    }
    it->socket = -1;
    it->heads = it->len = it->gone = it->wanted = 0;
}

static void peer_echo(peer *it)
{
    ssize_t n = recv(it->socket, it->octets + it->len, sizeof it->octets - it->len, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        peer_leave(it);
        return;
    }
    it->len += n > 0 ? (size_t)n : 0;
    n = send(it->socket, it->octets, it->len, MSG_NOSIGNAL);
    if (n > 0) {
        it->len -= (size_t)n;
        memmove(it->octets, it->octets + n, it->len);
    }
}

static void peer_last_words(peer *it)
{
    size_t n;
    ssize_t sent;
    for (n = 0; n < it->wanted; n++) {
        it->octets[n] = pattern(n);
    }
    sent = send(it->socket, it->octets + it->gone, it->wanted - it->gone, MSG_NOSIGNAL);
    it->gone += sent > 0 ? (size_t)sent : 0;
    if (it->gone == it->wanted) {
        peer_leave(it);
    }
}

static void peer_turn(void *user)
{
    peer *it = (peer *)user;
    int next = accept(it->listener, NULL, NULL);
    if (next >= 0) {
        peer_leave(it);
        it->socket = next;
        CHECK(fcntl(next, F_SETFL, O_NONBLOCK) == 0);
    }
    if (it->socket < 0) {
        return;
    }
    while (it->heads < (it->head[0] == 'T' ? 3u : 1u) || it->heads == 0) {
        ssize_t n = recv(it->socket, it->head + it->heads, 1, 0);
        if (n <= 0) {
            if (n == 0 || errno != EAGAIN) {
                peer_leave(it);
            }
            return;
        }
        it->heads++;
    }
    if (it->head[0] == 'T') {
        it->wanted = (size_t)it->head[1] << 8 | it->head[2];
        CHECK(it->wanted <= sizeof it->octets);
        peer_last_words(it);
    } else {
        CHECK(it->head[0] == 'E');
        peer_echo(it);
    }
}

static uint64_t clock_now(void *user)
{
    (void)user;
    return port_now_ms();
}

static void over_sockets(void)
{
    static peer it;
    port_tcp tcp;
    uint16_t port;
    msgin5g_transport transport;
    msgin5g_conformance_config config;
    msgin5g_conformance_report report;
    peer_open(&it, &port);
    port_tcp_transport(&tcp, "127.0.0.1", port, &transport);
    memset(&config, 0, sizeof config);
    config.size = sizeof config;
    config.user = &it;
    config.now_ms = clock_now;
    config.idle = peer_turn;
    /* Nothing here waits, but a busy computer may stop the program between two instructions. */
    config.call_ms = 60000;
    report.size = sizeof report;
    if (msgin5g_conformance_stream(&transport, &config, &report) != MSGIN5G_STATUS_OK) {
        fprintf(stderr, "ports/posix.c: %s\n", report.text);
        exit(EXIT_FAILURE);
    }
    CHECK(report.sent > 16384 && report.received > 16384);
    CHECK(tcp.socket < 0);
    peer_leave(&it);
    (void)close(it.listener);
}

int main(void)
{
    in_memory();
    over_sockets();
    puts("conformance: ok");
    return EXIT_SUCCESS;
}
