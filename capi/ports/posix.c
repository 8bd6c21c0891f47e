#define _POSIX_C_SOURCE 200809L
#include "posix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Codes of this port: below 0 and none of msgin5g_status's that a transport may return. */
static int32_t failed(void)
{
    return -1000 - errno;
}

static void tcp_close(void *user)
{
    port_tcp *tcp = (port_tcp *)user;
    if (tcp->socket >= 0) {
        (void)close(tcp->socket);
        tcp->socket = -1;
    }
}

/* Begins to connect, and later looks whether it has come about. */
static int32_t tcp_connect(void *user)
{
    port_tcp *tcp = (port_tcp *)user;
    struct sockaddr_in to;
    if (tcp->socket < 0) {
        tcp->socket = socket(AF_INET, tcp->datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
        if (tcp->socket < 0) {
            return failed();
        }
        (void)fcntl(tcp->socket, F_SETFL, O_NONBLOCK);
    }
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(tcp->port);
    if (inet_pton(AF_INET, tcp->address, &to.sin_addr) != 1) {
        return failed();
    }
    if (connect(tcp->socket, (const struct sockaddr *)&to, sizeof to) == 0 || errno == EISCONN) {
        return 1;
    }
    if (errno == EINPROGRESS || errno == EALREADY || errno == EINTR) {
        return 0;
    }
    {
        int32_t code = failed();
        tcp_close(tcp);
        return code;
    }
}

static int32_t outcome(ssize_t n)
{
    if (n > 0) {
        return (int32_t)n;
    }
    if (n == 0 || errno == ECONNRESET || errno == EPIPE) {
        return MSGIN5G_STATUS_CLOSED;
    }
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : failed();
}

/* What a datagram met on its way, or on its way back, is no end. An empty one is none. */
static int32_t lossy(ssize_t n)
{
    return n == 0 || (n < 0 && errno == ECONNREFUSED) ? 0 : outcome(n);
}

static int32_t udp_send(void *user, const uint8_t *data, size_t len)
{
    const port_tcp *udp = (const port_tcp *)user;
    return lossy(send(udp->socket, data, len, MSG_NOSIGNAL));
}

static int32_t udp_recv(void *user, uint8_t *buffer, size_t len)
{
    const port_tcp *udp = (const port_tcp *)user;
    return lossy(recv(udp->socket, buffer, len, 0));
}

static int32_t tcp_send(void *user, const uint8_t *data, size_t len)
{
    const port_tcp *tcp = (const port_tcp *)user;
    return outcome(send(tcp->socket, data, len, MSG_NOSIGNAL));
}

static int32_t tcp_recv(void *user, uint8_t *buffer, size_t len)
{
    const port_tcp *tcp = (const port_tcp *)user;
    return outcome(recv(tcp->socket, buffer, len, 0));
}

void port_tcp_transport(port_tcp *tcp, const char *address, uint16_t port, msgin5g_transport *transport)
{
    tcp->address = address;
    tcp->port = port;
    tcp->socket = -1;
    tcp->datagrams = 0;
    memset(transport, 0, sizeof *transport);
    transport->size = sizeof *transport;
    transport->user = tcp;
    transport->connect = tcp_connect;
    transport->send = tcp_send;
    transport->recv = tcp_recv;
    transport->close = tcp_close;
}

void port_udp_transport(port_tcp *udp, const char *address, uint16_t port, msgin5g_transport *transport)
{
    port_tcp_transport(udp, address, port, transport);
    udp->datagrams = 1;
    transport->send = udp_send;
    transport->recv = udp_recv;
}

static int32_t random_fill(void *user, uint8_t *out, size_t len)
{
    FILE *source = fopen("/dev/urandom", "rb");
    size_t got = 0;
    (void)user;
    if (source != NULL) {
        got = fread(out, 1, len, source);
        (void)fclose(source);
    }
    return got == len ? 0 : -1;
}

void port_random(msgin5g_random *random)
{
    memset(random, 0, sizeof *random);
    random->size = sizeof *random;
    random->fill = random_fill;
}

uint64_t port_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

void port_wait(const port_tcp *tcp, int64_t until_ms)
{
    struct pollfd wanted;
    int64_t left = until_ms - (int64_t)port_now_ms();
    /* Connecting is asked for again; a thousandth of a second is soon enough for that and for all else. */
    int patience = left < 0 ? 0 : left > 100 ? 100 : (int)left;
    wanted.fd = tcp->socket;
    wanted.events = POLLIN;
    wanted.revents = 0;
    (void)poll(&wanted, 1, patience);
}
