/** \file ue.h  A UE of the tests against the reference network: its client, and what has come. */
#ifndef UE_H
#define UE_H

#include "check.h"
#include "posix.h"

/** How long one step may take. Steps take milliseconds. */
#define UE_PATIENCE_MS 60000u
/** So many in one program. */
#define UE_MOST 4
#define UE_INBOX 4
#define UE_KINDS 128
#define UE_TEXT 4200

/** A message that has arrived. */
typedef struct ue_message {
    char originator[64], recipient[64], payload[UE_TEXT];
    uint32_t recipient_kind, report_due, report_ticket;
} ue_message;

typedef struct ue {
    msgin5g_client client;
    uint8_t memory[MSGIN5G_MEMORY_SIZE_FOR(1152, 1152, 4096, 8, 6144, 2, MSGIN5G_DTLS13_SIZE_FOR(1280))];
    uint8_t k_ausf[32];
    /** How often a key was asked for, and what counts primary authentications. */
    unsigned asked;
    uint32_t generation;
    /** The socket: to the server, or the UART. */
    port_tcp tcp;
    msgin5g_transport transport;
    msgin5g_keys keys;
    msgin5g_random random;
    msgin5g_subscriber subscriber;
    msgin5g_profile profile;
    msgin5g_config config;
    /** Whether it is to be polled. */
    int lives;
    /** How many events of each kind, and the last of each; its texts are gone. */
    unsigned events[UE_KINDS];
    msgin5g_event last[UE_KINDS];
    /** How many messages, and the last of them: number n, from 0 on, is in inbox[n % UE_INBOX]. */
    unsigned messages;
    ue_message inbox[UE_INBOX];
    /** How many reports, and the last. */
    unsigned reports;
    uint32_t success;
    char cause[64];
    msgin5g_message_id reported;
    /** What msgin5g_supply() gives, if a part is wanted. */
    const char *source;
    int part_wanted;
} ue;

/** Sets up everything but the client. K_AUSF has 64 hexadecimal digits. */
void ue_new(ue *ue, const char *server_name, const char *k_ausf, const char *supi, const char *ue_service_id);

/** Its way is a TCP connection to there. */
void ue_over_tcp(ue *ue, const char *address, const char *port);

/** Its way is datagrams to there, protected by DTLS. */
void ue_over_udp(ue *ue, const char *address, const char *port);

/** Makes the client. */
void ue_start(ue *ue);

/** Polls those that live and gives what is wanted. Returns when to do so again. */
int64_t ue_turn(ue *const *ues, size_t count);

/** Waits until octets arrive for one of them or it is time. */
void ue_wait(ue *const *ues, size_t count, int64_t until_ms);

/** Says on the standard error what has come to those that live. */
void ue_tell(ue *const *ues, size_t count);

/** A message, with all members set. */
msgin5g_message ue_message_to(uint32_t kind, const char *recipient, const char *text, uint32_t flags);

/** Turns until it is so, once at the least. */
#define UNTIL(ues, count, condition)                                                                                   \
    do {                                                                                                               \
        uint64_t end_ = port_now_ms() + UE_PATIENCE_MS;                                                                \
        for (;;) {                                                                                                     \
            int64_t next_ = ue_turn(ues, count);                                                                       \
            if (condition) {                                                                                           \
                break;                                                                                                 \
            }                                                                                                          \
            if (port_now_ms() > end_) {                                                                                \
                fprintf(stderr, "%s:%d: waited in vain for: %s\n", __FILE__, __LINE__, #condition);                    \
                ue_tell(ues, count);                                                                                   \
                exit(EXIT_FAILURE);                                                                                    \
            }                                                                                                          \
            ue_wait(ues, count, next_);                                                                                \
        }                                                                                                              \
    } while (0)

#endif
