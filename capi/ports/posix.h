/**
 * \file posix.h
 * A port to a system with sockets: a TCP stream or UDP datagrams, a clock, random numbers. For hosts, and as a pattern for
 * others.
 */
#ifndef MSGIN5G_PORT_POSIX_H
#define MSGIN5G_PORT_POSIX_H

#include "msgin5g.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A socket that can be made anew. */
typedef struct port_tcp {
    /** Address in digits, such as "127.0.0.1". */
    const char *address;
    /** Port, 1 to 65535. */
    uint16_t port;
    /** The socket; below 0: none. */
    int socket;
    /** 1: UDP, 0: TCP. Set by the functions below. */
    int datagrams;
} port_tcp;

/** A transport over `tcp`, which is to stay where it is. */
void port_tcp_transport(port_tcp *tcp, const char *address, uint16_t port, msgin5g_transport *transport);

/** The same over UDP, for a session over datagrams. */
void port_udp_transport(port_tcp *udp, const char *address, uint16_t port, msgin5g_transport *transport);

/** The system's random numbers. */
void port_random(msgin5g_random *random);

/** Milliseconds since some moment. */
uint64_t port_now_ms(void);

/** Waits until octets arrive or it is time. */
void port_wait(const port_tcp *tcp, int64_t until_ms);

#ifdef __cplusplus
}
#endif
#endif
