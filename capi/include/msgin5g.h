/**
 * \file msgin5g.h
 * MSGin5G client for constrained 5G UEs: AKMA keys, a TLS-PSK session, CoAP, messages.
 *
 * Made by `cargo xtask header`; not to be edited. The page to begin with is capi/README.md.
 *
 * - Nothing here allocates, waits, prints, starts a thread or keeps a global variable.
 * - All memory is the caller's. What a function is given it reads or copies during the call, unless its description
 *   says that it is kept.
 * - One client, one task at a time: two clients may be used by two tasks, one client may not. No function that takes
 *   a client may be called out of one of its callbacks; it would return MSGIN5G_STATUS_IN_CALLBACK and do nothing.
 * - Times are milliseconds on one clock of yours that never goes back.
 * - A status of 0 is success, below 0 is an error: msgin5g_strerror() has a word for it.
 */

#ifndef MSGIN5G_H
#define MSGIN5G_H

#include <stddef.h>
#include <stdint.h>

#if UINTPTR_MAX > 0xffffffffu
#define MSGIN5G_CLIENT_WORDS MSGIN5G_CLIENT_WORDS_64
#define MSGIN5G_SLOT_SIZE MSGIN5G_SLOT_SIZE_64
#define MSGIN5G_SET_SIZE MSGIN5G_SET_SIZE_64
#define MSGIN5G_TLS13_SIZE MSGIN5G_TLS13_SIZE_64
#define MSGIN5G_DTLS13_SIZE MSGIN5G_DTLS13_SIZE_64
#else
#define MSGIN5G_CLIENT_WORDS MSGIN5G_CLIENT_WORDS_32
#define MSGIN5G_SLOT_SIZE MSGIN5G_SLOT_SIZE_32
#define MSGIN5G_SET_SIZE MSGIN5G_SET_SIZE_32
#define MSGIN5G_TLS13_SIZE MSGIN5G_TLS13_SIZE_32
#define MSGIN5G_DTLS13_SIZE MSGIN5G_DTLS13_SIZE_32
#endif


/**
 * 8-octet words of an AT modem.
 */
#define MSGIN5G_AT_WORDS 290

/**
 * Added to the number of `+CME ERROR`, below 0, as the code of the transport: 10 is -10010.
 */
#define MSGIN5G_AT_CME -10000

/**
 * For msgin5g_config::registration_refresh_ms and others: not at all.
 */
#define MSGIN5G_NONE 4294967295

/**
 * How many path segments an address has at the most.
 */
#define MSGIN5G_DOCUMENT_PATH 8

/**
 * Applications that can be registered with one gateway.
 */
#define MSGIN5G_GATEWAY_APPLICATIONS 16

/**
 * Reports that one gateway can wait for, from either side; it knows as many messages again that want none.
 */
#define MSGIN5G_GATEWAY_EXCHANGES 32

/**
 * 8-octet words of a gateway.
 */
#define MSGIN5G_GATEWAY_WORDS 460

/**
 * Numbers of msgin5g_gateway_config::l3_codings.
 */
#define MSGIN5G_L3_CODINGS 12

/**
 * The recipient shall report the delivery.
 */
#define MSGIN5G_REPORT_WANTED 1

/**
 * The server may keep the message while its recipient is away.
 */
#define MSGIN5G_MAY_STORE 2

/**
 * The message may go in segments if it is too long for one piece.
 */
#define MSGIN5G_MAY_SEGMENT 4

/**
 * The message may wait for others to the same target and go with them.
 */
#define MSGIN5G_MAY_AGGREGATE 8

/**
 * What msgin5g_poll() returns when nothing is to be done until something arrives.
 */
#define MSGIN5G_NEVER INT64_MAX

/**
 * 8-octet words of a client, where pointers have 64 bits.
 */
#define MSGIN5G_CLIENT_WORDS_64 384

/**
 * 8-octet words of a client, where pointers have 32 bits.
 */
#define MSGIN5G_CLIENT_WORDS_32 326

/**
 * Octets that one of msgin5g_sizes::slots takes, where pointers have 64 bits.
 */
#define MSGIN5G_SLOT_SIZE_64 176

/**
 * Octets that one of msgin5g_sizes::slots takes, where pointers have 32 bits.
 */
#define MSGIN5G_SLOT_SIZE_32 144

/**
 * Octets that one of msgin5g_sizes::sets takes, where pointers have 64 bits.
 */
#define MSGIN5G_SET_SIZE_64 80

/**
 * Octets that one of msgin5g_sizes::sets takes, where pointers have 32 bits.
 */
#define MSGIN5G_SET_SIZE_32 72

/**
 * Octets of memory that a session by the library's own core takes for TLS, besides its records, where pointers have
 * 64 bits.
 */
#define MSGIN5G_TLS13_SIZE_64 2944

/**
 * The same where pointers have 32 bits.
 */
#define MSGIN5G_TLS13_SIZE_32 1936

/**
 * Octets of memory that a session by the library's own core takes for DTLS, besides its datagrams, where pointers have
 * 64 bits.
 */
#define MSGIN5G_DTLS13_SIZE_64 8576

/**
 * The same where pointers have 32 bits.
 */
#define MSGIN5G_DTLS13_SIZE_32 5248

/**
 * Octets of memory that a session by embedded-tls takes, records and all.
 */
#define MSGIN5G_EMBEDDED_TLS_SIZE 9216

/**
 * Octets that a snapshot of a client with the default sizes has at the most, where pointers have 32 or 64 bits.
 */
#define MSGIN5G_SNAPSHOT_SIZE 7168

/**
 * The version of this header, see msgin5g_version().
 */
#define MSGIN5G_VERSION 256

/**
 * What a function returns, and why something went wrong. 0 is success, what is below 0 is not.
 * A function returns a positive number only where its description says so.
 */
enum msgin5g_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It worked.
     */
    MSGIN5G_STATUS_OK = 0,
    /**
     * A pointer that must not be NULL is, or a number is out of its range.
     */
    MSGIN5G_STATUS_INVALID_ARGUMENT = -1,
    /**
     * This is no client: never initialised, wiped, or moved to another address.
     */
    MSGIN5G_STATUS_NOT_INITIALISED = -2,
    /**
     * Called out of a callback of the same client. Do it after msgin5g_poll() has returned.
     */
    MSGIN5G_STATUS_IN_CALLBACK = -3,
    /**
     * The caller's buffer or memory is too small.
     */
    MSGIN5G_STATUS_BUFFER_TOO_SMALL = -4,
    /**
     * This library was built without what was asked for.
     */
    MSGIN5G_STATUS_NOT_BUILT = -5,
    /**
     * A text is not UTF-8, or has no end within its longest length.
     */
    MSGIN5G_STATUS_INVALID_TEXT = -6,
    /**
     * An identifier has the wrong length or spaces in it.
     */
    MSGIN5G_STATUS_INVALID_IDENTIFIER = -7,
    /**
     * A value of the configuration is out of its range, or two do not go together.
     */
    MSGIN5G_STATUS_INVALID_CONFIG = -8,
    /**
     * The random number generator failed. Nothing was done.
     */
    MSGIN5G_STATUS_RANDOM_FAILED = -9,
    /**
     * The size that stands first in a structure is not one that this library knows.
     */
    MSGIN5G_STATUS_INVALID_SIZE = -10,
    /**
     * The peer or the network ended the stream. A transport returns this too.
     */
    MSGIN5G_STATUS_CLOSED = -20,
    /**
     * The transport failed; its own code is in `detail` of the event.
     */
    MSGIN5G_STATUS_TRANSPORT_FAILED = -21,
    /**
     * A function of the transport returned more octets than it was given room for.
     */
    MSGIN5G_STATUS_TRANSPORT_BROKEN = -22,
    /**
     * No slot is free in the outbox. Try again after an event.
     */
    MSGIN5G_STATUS_OUTBOX_FULL = -30,
    /**
     * The outbox has not so much room left. Try again after an event.
     */
    MSGIN5G_STATUS_OUTBOX_TOO_SMALL = -31,
    /**
     * The message does not fit the transmit memory, or is more than the server takes. It never will.
     */
    MSGIN5G_STATUS_TOO_LARGE = -32,
    /**
     * A registration or de-registration is under way, or something else goes out at the moment.
     */
    MSGIN5G_STATUS_BUSY = -33,
    /**
     * Nothing with this ticket, subscription or Message ID waits for it.
     */
    MSGIN5G_STATUS_UNKNOWN_TICKET = -34,
    /**
     * Not the part of the payload that was asked for.
     */
    MSGIN5G_STATUS_WRONG_PART = -35,
    /**
     * 1 to 8 topics are expected.
     */
    MSGIN5G_STATUS_TOPIC_COUNT = -36,
    /**
     * There is no valid K_AUSF: have the modem register in 5GS. A key source returns this too.
     */
    MSGIN5G_STATUS_NO_KAUSF = -40,
    /**
     * The modem or the subscription does no AKMA. A key source returns this too.
     */
    MSGIN5G_STATUS_KEYS_NOT_SUPPORTED = -41,
    /**
     * The key source did not answer in time. A key source returns this too.
     */
    MSGIN5G_STATUS_KEYS_TIMED_OUT = -42,
    /**
     * The modem gave an error of its own; its code is in `detail` of the event.
     */
    MSGIN5G_STATUS_KEYS_MODEM_FAILED = -43,
    /**
     * The key source gave something that is no A-KID or no key.
     */
    MSGIN5G_STATUS_KEYS_BAD_ANSWER = -44,
    /**
     * The server does not know the A-KID.
     */
    MSGIN5G_STATUS_IDENTITY_UNKNOWN = -50,
    /**
     * The server knows the A-KID, but not this key.
     */
    MSGIN5G_STATUS_KEY_REJECTED = -51,
    /**
     * The server goes on without AKMA, as with a certificate.
     */
    MSGIN5G_STATUS_PSK_DECLINED = -52,
    /**
     * The server did not prove that it has the key.
     */
    MSGIN5G_STATUS_SERVER_NOT_AUTHENTICATED = -53,
    /**
     * The server sent an alert; its number is in `detail` of the event.
     */
    MSGIN5G_STATUS_PEER_ALERT = -54,
    /**
     * The stream ended without farewell.
     */
    MSGIN5G_STATUS_TRUNCATED = -55,
    /**
     * It took too long.
     */
    MSGIN5G_STATUS_TIMED_OUT = -56,
    /**
     * A record does not fit the record buffer; `detail` has its length.
     */
    MSGIN5G_STATUS_RECORD_TOO_LONG = -57,
    /**
     * The server broke the protocol.
     */
    MSGIN5G_STATUS_PROTOCOL_VIOLATION = -58,
    /**
     * A record was changed on its way.
     */
    MSGIN5G_STATUS_RECORD_NOT_AUTHENTIC = -59,
    /**
     * The server wants something that the session cannot do.
     */
    MSGIN5G_STATUS_UNSUPPORTED = -60,
    /**
     * A new session is needed: so much went through this one.
     */
    MSGIN5G_STATUS_KEY_EXHAUSTED = -61,
    /**
     * A fault in this library. Please report it.
     */
    MSGIN5G_STATUS_INTERNAL = -62,
    /**
     * The server answered a request with an error; `coap_code` and `cause` of the event say which.
     */
    MSGIN5G_STATUS_REFUSED = -70,
    /**
     * The server could not deliver the message.
     */
    MSGIN5G_STATUS_UNDELIVERABLE = -71,
    /**
     * No answer to any attempt.
     */
    MSGIN5G_STATUS_NO_ANSWER = -72,
    /**
     * Session after session broke while this request was under way.
     */
    MSGIN5G_STATUS_SESSION_BROKEN = -73,
    /**
     * The server takes smaller messages only; `detail` has the limit in octets.
     */
    MSGIN5G_STATUS_PEER_LIMIT = -74,
    /**
     * The server sent what is no CoAP message.
     */
    MSGIN5G_STATUS_MALFORMED = -75,
    /**
     * A snapshot does not open: no snapshot, changed, or of another device or subscription.
     */
    MSGIN5G_STATUS_SNAPSHOT_INVALID = -80,
    /**
     * A snapshot that has been used, or is older than another one.
     */
    MSGIN5G_STATUS_SNAPSHOT_OLD = -81,
    /**
     * The monotonic counter could not be read or advanced.
     */
    MSGIN5G_STATUS_COUNTER_FAILED = -82,
    /**
     * A snapshot does not fit the memory of this client.
     */
    MSGIN5G_STATUS_SNAPSHOT_DOES_NOT_FIT = -83,
    /**
     * A key is not of the length that it has.
     */
    MSGIN5G_STATUS_KEY_LENGTH = -90,
    /**
     * SUPI, Routing Indicator, network code, realm or host name is not what it should be.
     */
    MSGIN5G_STATUS_AKMA_NAME = -91,
    /**
     * The modem did not answer an AT command in time.
     */
    MSGIN5G_STATUS_MODEM_NO_ANSWER = -100,
    /**
     * The modem refused an AT command; it gave a number if `detail` has one.
     */
    MSGIN5G_STATUS_MODEM_REFUSED = -101,
    /**
     * An AT command cannot be written: too long, or a quotation mark in a name.
     */
    MSGIN5G_STATUS_MODEM_UNSENDABLE = -102,
    /**
     * A transport does not do what it should; the report says what.
     */
    MSGIN5G_STATUS_NOT_CONFORMING = -110,
    /**
     * No UE configuration document, or one without what it must have; what it was read into says why.
     */
    MSGIN5G_STATUS_INVALID_DOCUMENT = -120,
    /**
     * A gateway does not take a message, from either side; the step says why.
     */
    MSGIN5G_STATUS_NOT_TAKEN = -130,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_status msgin5g_status;
#else
typedef int32_t msgin5g_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How the user part of an A-KID is written. The standard's text is not public: what is met.
 */
enum msgin5g_a_kid_form
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * `rid<RID>.atid<64 hex digits>@5gc.mnc...`
     */
    MSGIN5G_A_KID_FORM_F1 = 0,
    /**
     * As F1, before akma.5gc.mnc...
     */
    MSGIN5G_A_KID_FORM_F1A = 1,
    /**
     * `<RID><64 hex digits>`
     */
    MSGIN5G_A_KID_FORM_F2 = 2,
    /**
     * `<RID>.<43 characters of base64url>`, before `akma.5gc.mnc...`
     */
    MSGIN5G_A_KID_FORM_F3 = 3,
    /**
     * `<64 hex digits><RID>`, before `<MCC><MNC>`
     */
    MSGIN5G_A_KID_FORM_F4 = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_a_kid_form msgin5g_a_kid_form;
#else
typedef uint32_t msgin5g_a_kid_form;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What kind of address it is.
 */
enum msgin5g_address
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * A UE.
     */
    MSGIN5G_ADDRESS_UE = 0,
    /**
     * An Application Server.
     */
    MSGIN5G_ADDRESS_AS = 1,
    /**
     * All members of a group.
     */
    MSGIN5G_ADDRESS_GROUP = 2,
    /**
     * All who subscribed to a topic.
     */
    MSGIN5G_ADDRESS_TOPIC = 3,
    /**
     * All UEs in an area. Only received.
     */
    MSGIN5G_ADDRESS_BROADCAST_AREA = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_address msgin5g_address;
#else
typedef uint32_t msgin5g_address;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a modem speaks of sockets.
 */
enum msgin5g_at_dialect
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Quectel BG95, BG77, BG600L.
     */
    MSGIN5G_AT_DIALECT_QUECTEL = 0,
    /**
     * Nordic Serial Modem on nRF91.
     */
    MSGIN5G_AT_DIALECT_NORDIC = 1,
    /**
     * u-blox SARA-R5.
     */
    MSGIN5G_AT_DIALECT_SARA = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_at_dialect msgin5g_at_dialect;
#else
typedef uint32_t msgin5g_at_dialect;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a transport's test looks at.
 */
enum msgin5g_check
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing, or something that this header does not know yet.
     */
    MSGIN5G_CHECK_NONE = 0,
    /**
     * A connection on which nothing has come says 0.
     */
    MSGIN5G_CHECK_NOTHING_THERE = 1,
    /**
     * Octets are taken one at a time.
     */
    MSGIN5G_CHECK_TINY_READS = 2,
    /**
     * recv() does not wait until a large buffer is full.
     */
    MSGIN5G_CHECK_LARGE_READS = 3,
    /**
     * 16 KiB each way, first without reading, until the port says that it is full.
     */
    MSGIN5G_CHECK_BULK = 4,
    /**
     * The octets before a close arrive, then MSGIN5G_STATUS_CLOSED, each time.
     */
    MSGIN5G_CHECK_CLOSE = 5,
    /**
     * A new connection begins empty.
     */
    MSGIN5G_CHECK_RECONNECT = 6,
    /**
     * Datagrams keep their borders.
     */
    MSGIN5G_CHECK_BORDERS = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_check msgin5g_check;
#else
typedef uint32_t msgin5g_check;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * An element of a UE configuration document (TS 24.538 clause 7.2.3).
 */
enum msgin5g_element
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * None of them.
     */
    MSGIN5G_ELEMENT_NONE = 0,
    /**
     * `MSGin5G-Server-address`, mandatory.
     */
    MSGIN5G_ELEMENT_SERVER_ADDRESS = 1,
    /**
     * `MSGin5G-UE-Service-id`, mandatory.
     */
    MSGIN5G_ELEMENT_UE_SERVICE_ID = 2,
    /**
     * `Segment-size`, optional.
     */
    MSGIN5G_ELEMENT_SEGMENT_SIZE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_element msgin5g_element;
#else
typedef uint32_t msgin5g_element;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What has happened. Which members of msgin5g_event it sets stands with each; all others are 0 or empty.
 */
enum msgin5g_event_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Something that this header does not know yet. To be ignored.
     */
    MSGIN5G_EVENT_KIND_UNKNOWN = 0,
    /**
     * A session is open.
     */
    MSGIN5G_EVENT_KIND_CONNECTED = 1,
    /**
     * The session has ended: `status`, `detail`, `retry_at_ms`. The library connects again by itself.
     */
    MSGIN5G_EVENT_KIND_DISCONNECTED = 2,
    /**
     * No session could be opened: `status`, `detail`, `retry_at_ms`.
     */
    MSGIN5G_EVENT_KIND_CONNECT_FAILED = 3,
    /**
     * The key source has no key: `status`, `detail`, `retry_at_ms`.
     */
    MSGIN5G_EVENT_KIND_NO_KEY = 4,
    /**
     * K_AUSF has changed; the open session goes on.
     */
    MSGIN5G_EVENT_KIND_KEY_CHANGED = 5,
    /**
     * The key was refused, a newer one is tried at once.
     */
    MSGIN5G_EVENT_KIND_KEY_RENEWED = 6,
    /**
     * The server refuses the key and there is no newer one: `status`, `detail`, `retry_at_ms`. Have the modem
     * register in 5GS anew.
     */
    MSGIN5G_EVENT_KIND_KEY_REFUSED = 7,
    /**
     * Closed as msgin5g_close() asked for.
     */
    MSGIN5G_EVENT_KIND_CLOSED = 8,
    /**
     * The server has accepted the registration.
     */
    MSGIN5G_EVENT_KIND_REGISTERED = 20,
    /**
     * The server has refused it: `status`, `coap_code`, `cause`.
     */
    MSGIN5G_EVENT_KIND_REGISTRATION_FAILED = 21,
    /**
     * The server does not know this client any more; it is registering again by itself.
     */
    MSGIN5G_EVENT_KIND_REGISTRATION_LOST = 22,
    /**
     * A gateway will answer the registration later.
     */
    MSGIN5G_EVENT_KIND_REGISTRATION_PENDING = 23,
    /**
     * The registration has ended.
     */
    MSGIN5G_EVENT_KIND_DEREGISTERED = 24,
    /**
     * The server has taken the message over: `message_id`.
     */
    MSGIN5G_EVENT_KIND_ACCEPTED = 30,
    /**
     * The recipient is away, the server keeps the message: `message_id`.
     */
    MSGIN5G_EVENT_KIND_STORED = 31,
    /**
     * The message will not be delivered: `message_id`, `status`, `detail`, `coap_code`, `cause`.
     */
    MSGIN5G_EVENT_KIND_FAILED = 32,
    /**
     * The message goes again in smaller pieces: `message_id`.
     */
    MSGIN5G_EVENT_KIND_RETRIED = 33,
    /**
     * The server has taken `count` of `total` segments: `message_id`.
     */
    MSGIN5G_EVENT_KIND_PROGRESS = 34,
    /**
     * msgin5g_supply() is to give `len` octets from `offset` on: `message_id`.
     */
    MSGIN5G_EVENT_KIND_PAYLOAD_WANTED = 35,
    /**
     * The recipient misses `count` segments, which go again: `message_id`.
     */
    MSGIN5G_EVENT_KIND_SEGMENTS_WANTED = 36,
    /**
     * The segments are kept no longer: `message_id`; `count` is 1 if the recipient has all of them.
     */
    MSGIN5G_EVENT_KIND_SEGMENTS_RELEASED = 37,
    /**
     * A segment has arrived, others are missing: `originator`, `message_id_text`, `count`, `total` (0: not known).
     */
    MSGIN5G_EVENT_KIND_SEGMENT = 38,
    /**
     * Segments did not arrive though asked for again: `originator`, `message_id_text`, `count`, `total`.
     */
    MSGIN5G_EVENT_KIND_INCOMPLETE = 39,
    /**
     * The server did not take a report of ours: `message_id` if it is a UUID, `status`, `coap_code`, `cause`.
     */
    MSGIN5G_EVENT_KIND_REPORT_FAILED = 40,
    /**
     * The server has changed how long it keeps the message, or discarded it: `message_id`.
     */
    MSGIN5G_EVENT_KIND_UPDATED = 41,
    /**
     * The server has not changed how long it keeps the message: `message_id`, `status`, `coap_code`, `cause`.
     */
    MSGIN5G_EVENT_KIND_UPDATE_FAILED = 42,
    /**
     * The subscription stands: `subscription`, `expiration` (RFC 3339; empty: not said).
     */
    MSGIN5G_EVENT_KIND_SUBSCRIBED = 50,
    /**
     * The subscription is no more: `subscription`; `status` and `coap_code`, `cause` unless it was asked for.
     */
    MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED = 51,
    /**
     * The server repeated something that was handed over before. For the curious only.
     */
    MSGIN5G_EVENT_KIND_DUPLICATE = 60,
    /**
     * A request of the server was refused: `coap_code`.
     */
    MSGIN5G_EVENT_KIND_REQUEST_REFUSED = 61,
    /**
     * The answer to msgin5g_ping().
     */
    MSGIN5G_EVENT_KIND_PONG = 62,
    /**
     * The server asks to connect again, after `hold_off_s`. The library does.
     */
    MSGIN5G_EVENT_KIND_RELEASED = 63,
    /**
     * The server has given the session up. The library opens another.
     */
    MSGIN5G_EVENT_KIND_ABORTED = 64,
    /**
     * What the server sent was no CoAP. The library opens another session.
     */
    MSGIN5G_EVENT_KIND_MALFORMED = 65,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_event_kind msgin5g_event_kind;
#else
typedef uint32_t msgin5g_event_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What is wrong with a transport.
 */
enum msgin5g_fault
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing, or something that this header does not know yet.
     */
    MSGIN5G_FAULT_NONE = 0,
    /**
     * It could not connect, or the connection ended where it should not: `detail`.
     */
    MSGIN5G_FAULT_ENDED = 1,
    /**
     * The check took too long.
     */
    MSGIN5G_FAULT_NOT_IN_TIME = 2,
    /**
     * One call took too long: it waits.
     */
    MSGIN5G_FAULT_BLOCKED = 3,
    /**
     * More octets than it was offered, or a datagram that was sent in part.
     */
    MSGIN5G_FAULT_COUNT = 4,
    /**
     * An octet that is not the one which was sent: lost, doubled, moved or changed.
     */
    MSGIN5G_FAULT_OCTET = 5,
    /**
     * Octets that nobody sent.
     */
    MSGIN5G_FAULT_UNASKED = 6,
    /**
     * The peer has closed, and recv() does not say so.
     */
    MSGIN5G_FAULT_STILL_OPEN = 7,
    /**
     * A datagram has another length than it was sent with.
     */
    MSGIN5G_FAULT_LENGTH = 8,
    /**
     * Too many datagrams did not come back.
     */
    MSGIN5G_FAULT_LOST = 9,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_fault msgin5g_fault;
#else
typedef uint32_t msgin5g_fault;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which key a key source gives.
 */
enum msgin5g_key_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Not one of them.
     */
    MSGIN5G_KEY_KIND_NONE = 0,
    /**
     * The key for the server that was asked for, as a secure element gives it.
     */
    MSGIN5G_KEY_KIND_KAF = 1,
    /**
     * The anchor key, as a modem gives it.
     */
    MSGIN5G_KEY_KIND_KAKMA = 2,
    /**
     * For tests, benches and the rare modem that gives it away.
     */
    MSGIN5G_KEY_KIND_KAUSF = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_key_kind msgin5g_key_kind;
#else
typedef uint32_t msgin5g_key_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How messages are written on the links of a gateway.
 */
enum msgin5g_local_form
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Standard L3 messages (TS 24.538 clause A.2), over PC5.
     */
    MSGIN5G_LOCAL_FORM_L3 = 0,
    /**
     * CoAP in datagrams, with JSON (clause A.3).
     */
    MSGIN5G_LOCAL_FORM_COAP = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_local_form msgin5g_local_form;
#else
typedef uint32_t msgin5g_local_form;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How urgent a message is.
 */
enum msgin5g_priority
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * What holds when nothing is said.
     */
    MSGIN5G_PRIORITY_MIDDLE = 0,
    /**
     * Goes last.
     */
    MSGIN5G_PRIORITY_LOW = 1,
    /**
     * Goes first, and is never aggregated.
     */
    MSGIN5G_PRIORITY_HIGH = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_priority msgin5g_priority;
#else
typedef uint32_t msgin5g_priority;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Why a gateway does not take something.
 */
enum msgin5g_refusal
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It does.
     */
    MSGIN5G_REFUSAL_NONE = 0,
    /**
     * What came over the link cannot be read.
     */
    MSGIN5G_REFUSAL_UNREADABLE = 1,
    /**
     * It has no form on L3: an address under 5 octets, a Message ID that is no UUID, an empty payload.
     */
    MSGIN5G_REFUSAL_UNWRITABLE = 2,
    /**
     * Nothing is registered over this link, or not this application, or it may not.
     */
    MSGIN5G_REFUSAL_NOT_REGISTERED = 3,
    /**
     * The application is registered over another link.
     */
    MSGIN5G_REFUSAL_APPLICATION_TAKEN = 4,
    /**
     * The Layer-2 ID in a registration is not that of the link.
     */
    MSGIN5G_REFUSAL_OTHER_LINK = 5,
    /**
     * No room for another application or report, in all or for this link.
     */
    MSGIN5G_REFUSAL_FULL = 6,
    /**
     * A message that goes down has come up.
     */
    MSGIN5G_REFUSAL_DIRECTION = 7,
    /**
     * An address that cannot be used, or that of an area.
     */
    MSGIN5G_REFUSAL_TARGET = 8,
    /**
     * A Message ID that is no UUID.
     */
    MSGIN5G_REFUSAL_MESSAGE_ID = 9,
    /**
     * Another message with this Message ID waits for its report.
     */
    MSGIN5G_REFUSAL_MESSAGE_ID_TAKEN = 10,
    /**
     * Nobody behind the gateway waits for a report on this message.
     */
    MSGIN5G_REFUSAL_UNKNOWN_MESSAGE = 11,
    /**
     * No application for this message.
     */
    MSGIN5G_REFUSAL_NO_APPLICATION = 12,
    /**
     * Something that this header does not know yet.
     */
    MSGIN5G_REFUSAL_OTHER = 13,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_refusal msgin5g_refusal;
#else
typedef uint32_t msgin5g_refusal;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Who sends the delivery status report that a received message asks for.
 */
enum msgin5g_reports
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The library, with success, as it hands the message over.
     */
    MSGIN5G_REPORTS_ON_DELIVERY = 0,
    /**
     * The application, by msgin5g_give_report().
     */
    MSGIN5G_REPORTS_BY_APPLICATION = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_reports msgin5g_reports;
#else
typedef uint32_t msgin5g_reports;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How CoAP is carried.
 */
enum msgin5g_scheme
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Something that this header does not know yet.
     */
    MSGIN5G_SCHEME_UNKNOWN = 0,
    /**
     * UDP, without protection: for tests.
     */
    MSGIN5G_SCHEME_COAP = 1,
    /**
     * DTLS.
     */
    MSGIN5G_SCHEME_COAPS = 2,
    /**
     * TCP, without protection: for tests.
     */
    MSGIN5G_SCHEME_COAP_TCP = 3,
    /**
     * TLS over TCP.
     */
    MSGIN5G_SCHEME_COAPS_TCP = 4,
    /**
     * WebSockets, which nothing here speaks.
     */
    MSGIN5G_SCHEME_COAP_WS = 5,
    /**
     * WebSockets over TLS, which nothing here speaks.
     */
    MSGIN5G_SCHEME_COAPS_WS = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_scheme msgin5g_scheme;
#else
typedef uint32_t msgin5g_scheme;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which session protects what is sent.
 */
enum msgin5g_session
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * TLS 1.3 over a stream, by the library's own core.
     */
    MSGIN5G_SESSION_TLS13 = 0,
    /**
     * TLS 1.3 over a stream, by embedded-tls: larger, for comparison. Its record buffers are always 640 octets.
     */
    MSGIN5G_SESSION_EMBEDDED_TLS = 1,
    /**
     * DTLS 1.3 over datagrams, by the library's own core. An association outlives the socket, and even the power:
     * see msgin5g_snapshot_sleep().
     */
    MSGIN5G_SESSION_DTLS13 = 2,
    /**
     * None over a stream: for a bench, never on a network. Asks for no key.
     */
    MSGIN5G_SESSION_INSECURE_STREAM = 3,
    /**
     * None over datagrams: for a bench, never on a network. Asks for no key.
     */
    MSGIN5G_SESSION_INSECURE_DATAGRAMS = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_session msgin5g_session;
#else
typedef uint32_t msgin5g_session;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a gateway has made of something.
 */
enum msgin5g_step_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing.
     */
    MSGIN5G_STEP_KIND_NONE = 0,
    /**
     * An application can be reached from here on: `application_id`.
     */
    MSGIN5G_STEP_KIND_REGISTERED = 1,
    /**
     * An application can no longer be reached: `application_id`.
     */
    MSGIN5G_STEP_KIND_DEREGISTERED = 2,
    /**
     * The client has accepted a message of the UE: `message_id`.
     */
    MSGIN5G_STEP_KIND_SENT = 3,
    /**
     * The client has accepted a report of the UE: `message_id`.
     */
    MSGIN5G_STEP_KIND_REPORTED = 4,
    /**
     * The same message again: nothing was to be done but to answer it.
     */
    MSGIN5G_STEP_KIND_REPEATED = 5,
    /**
     * The UE has answered a request, over CoAP: nothing was to be done.
     */
    MSGIN5G_STEP_KIND_ANSWERED = 6,
    /**
     * A message goes to the UE of `link`.
     */
    MSGIN5G_STEP_KIND_DELIVERY = 7,
    /**
     * A report goes to the UE of `link`.
     */
    MSGIN5G_STEP_KIND_REPORT_DELIVERY = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum msgin5g_step_kind msgin5g_step_kind;
#else
typedef uint32_t msgin5g_step_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Whose K_AUSF it is. All texts end with 0.
 */
typedef struct {
    /**
     * sizeof(msgin5g_subscriber).
     */
    uint32_t size;
    /**
     * How the A-KID is written: one of msgin5g_a_kid_form, 0 by default.
     */
    uint32_t form;
    /**
     * SUPI as it goes into the derivation: 6 to 15 digits of an IMSI, or an NAI.
     */
    const char *supi;
    /**
     * Routing Indicator, 1 to 4 digits. NULL: "0".
     */
    const char *routing_indicator;
    /**
     * Mobile country code of the home network, 3 digits.
     */
    const char *mcc;
    /**
     * Mobile network code of the home network, 2 or 3 digits.
     */
    const char *mnc;
    /**
     * Network identifier, 11 hexadecimal digits, where the home network is an SNPN; NULL otherwise.
     */
    const char *nid;
    /**
     * In the place of the three: the realm of the A-KID, word by word. NULL otherwise.
     */
    const char *realm;
} msgin5g_subscriber;

/**
 * A modem that speaks AT commands: one socket of it. In memory of yours, not to be moved or copied. Only the library
 * looks into it.
 */
typedef struct {
    /**
     * Nothing that you should look at.
     */
    uint64_t opaque[MSGIN5G_AT_WORDS];
} msgin5g_at;

/**
 * What an AT modem is told once. Set all of it to 0, then `size`, then what matters. `host` belongs to the modem as
 * long as it is used.
 */
typedef struct {
    /**
     * sizeof(msgin5g_at_config).
     */
    uint32_t size;
    /**
     * One of msgin5g_at_dialect.
     */
    uint32_t dialect;
    /**
     * Handed to the three functions as it is.
     */
    void *user;
    /**
     * Puts octets on the UART without waiting.
     *
     * \return so many are taken, from the first on; 0 no room now; below 0 the UART is out of order
     */
    int32_t (*write)(void *user, const uint8_t *data, size_t len);
    /**
     * Gives octets that have arrived, out of a ring that an interrupt fills, without waiting.
     *
     * \return so many; 0 nothing there; below 0 the UART is out of order
     */
    int32_t (*read)(void *user, uint8_t *buffer, size_t len);
    /**
     * Milliseconds on the clock of msgin5g_poll().
     */
    uint64_t (*now_ms)(void *user);
    /**
     * Name or address of the server, ended by 0; the modem resolves it.
     */
    const char *host;
    /**
     * Port, 1 to 65535.
     */
    uint32_t port;
    /**
     * 0 TCP, 1 UDP.
     */
    uint32_t udp;
    /**
     * Quectel: PDP context, 1 to 16. 0: 1.
     */
    uint32_t context;
    /**
     * Quectel: number of the socket, 0 to 11.
     */
    uint32_t connection;
    /**
     * Nordic: 1 for IP version 6.
     */
    uint32_t ipv6;
} msgin5g_at_config;

/**
 * A way to the server: a socket, a modem. None of the functions may block, and none may call back into the client.
 *
 * With a session over a stream (TCP) no octet may be lost, doubled or put in another order. With a session over
 * datagrams (UDP) each call of `send` and of `recv` is one whole datagram, and any may be lost.
 */
typedef struct {
    /**
     * sizeof(msgin5g_transport).
     */
    uint32_t size;
    /**
     * Handed to each function as it is.
     */
    void *user;
    /**
     * Connects to the server anew. Called again until it does not return 0.
     *
     * \return 1 connected, 0 not yet, below 0 it cannot be done now: MSGIN5G_STATUS_CLOSED or any code of your own
     */
    int32_t (*connect)(void *user);
    /**
     * Takes octets to be sent. They are valid during the call. Over datagrams they are one datagram, taken whole or not.
     *
     * \return above 0 so many octets are taken, from the first on; 0 no room now, the same are offered again;
     * below 0 the way is dead: MSGIN5G_STATUS_CLOSED or any code of your own. A datagram that is lost is no error
     */
    int32_t (*send)(void *user, const uint8_t *data, size_t len);
    /**
     * Gives octets that have arrived: up to `len`, to the front of `buffer`. Over datagrams those of the next datagram;
     * what does not fit is dropped, and so is a datagram without octets.
     *
     * \return above 0 so many octets; 0 nothing there now; below 0 the way is dead and all that came before was
     * given: MSGIN5G_STATUS_CLOSED or any code of your own
     */
    int32_t (*recv)(void *user, uint8_t *buffer, size_t len);
    /**
     * Closes what connect() opened, or gives up connecting. May be NULL. Called also if there is nothing to close.
     */
    void (*close)(void *user);
    /**
     * When (ms) the transport itself has something to do though nothing arrives, or MSGIN5G_NEVER. May be NULL.
     */
    int64_t (*deadline)(void *user);
} msgin5g_transport;

/**
 * A clock for the test of a transport, and how patient it is. Set all of it to 0, then `size`, then what matters.
 */
typedef struct {
    /**
     * sizeof(msgin5g_conformance_config).
     */
    uint32_t size;
    /**
     * How long each check may take, ms. 0: 60,000.
     */
    uint32_t check_ms;
    /**
     * How long one call of send() or recv() may take, ms. 0: 20.
     */
    uint32_t call_ms;
    /**
     * For datagrams: the longest that the transport takes. 0: 1152, which is what CoAP wants and the most.
     */
    uint32_t largest;
    /**
     * Handed to the two functions below as it is.
     */
    void *user;
    /**
     * Milliseconds on a clock that never goes back. Needed.
     */
    uint64_t (*now_ms)(void *user);
    /**
     * Called when there is nothing to do until octets arrive: sleep a little, or return. May be NULL.
     */
    void (*idle)(void *user);
} msgin5g_conformance_config;

/**
 * What the test of a transport has found. Set `size` before.
 */
typedef struct {
    /**
     * sizeof(msgin5g_conformance_report).
     */
    uint32_t size;
    /**
     * What was looked at when it failed: one of msgin5g_check.
     */
    uint32_t check;
    /**
     * What was wrong: one of msgin5g_fault.
     */
    uint32_t fault;
    /**
     * The transport's own code, or MSGIN5G_STATUS_CLOSED, or MSGIN5G_STATUS_TIMED_OUT if it did not connect in time.
     */
    int32_t detail;
    /**
     * Check and fault in words, ended by 0. Empty if nothing was wrong; so are the members above.
     */
    char text[160];
    /**
     * If nothing was wrong: octets, or datagrams, that the transport took.
     */
    uint32_t sent;
    /**
     * Octets, or datagrams, that came back.
     */
    uint32_t received;
    /**
     * How often it took only a part of what it was offered.
     */
    uint32_t partial_sends;
    /**
     * How often it took nothing.
     */
    uint32_t pending_sends;
    /**
     * The longest call, ms.
     */
    uint32_t longest_call_ms;
    /**
     * Datagrams that did not come back; networks lose some.
     */
    uint32_t lost;
} msgin5g_conformance_report;

/**
 * What a UE configuration document says about MSGin5G. Set `size` before. Its texts end with 0 and lie in the
 * document: both are to stay as long as a client is configured with them.
 */
typedef struct {
    /**
     * sizeof(msgin5g_document).
     */
    uint32_t size;
    /**
     * How to speak to the server: one of msgin5g_scheme.
     */
    uint32_t scheme;
    /**
     * The port to connect to: that of the address, or that of the scheme.
     */
    uint32_t port;
    /**
     * A port to try when nobody answers there; 0: none.
     */
    uint32_t fallback_port;
    /**
     * For msgin5g_config::segment_size: octets, 0 if the document names none.
     */
    uint32_t segment_size;
    /**
     * For msgin5g_config::server_path_count.
     */
    uint32_t server_path_count;
    /**
     * For msgin5g_config::ue_service_id.
     */
    const char *ue_service_id;
    /**
     * Where to connect: a name in lower case, or an address; one of IPv6 without its brackets.
     */
    const char *host;
    /**
     * For msgin5g_config::server_name: the host, if it is a name. NULL if it is an address: no key can be had for that.
     */
    const char *server_name;
    /**
     * For msgin5g_config::server_path.
     */
    const char *server_path[MSGIN5G_DOCUMENT_PATH];
    /**
     * After an error: the element that it is about, one of msgin5g_element.
     */
    uint32_t error_element;
    /**
     * After an error that is about no element: where the document is no XML that is taken, octets from the first.
     */
    uint32_t error_at;
    /**
     * After an error: what was expected, in words, ended by 0. Empty otherwise.
     */
    char error_text[96];
} msgin5g_document;

/**
 * A gateway for UEs that have no client (TS 23.554 clause 8.11, TS 24.538 clauses 6.3.2 and 6.4.2; experimental, for
 * annex A of the latter is guidance). In memory of yours, not to be moved or copied. Only the library looks into it.
 */
typedef struct {
    /**
     * Nothing that you should look at.
     */
    uint64_t opaque[MSGIN5G_GATEWAY_WORDS];
} msgin5g_gateway;

/**
 * The way to a UE behind the gateway. What you receive from it and send to it goes over this.
 */
typedef struct {
    /**
     * 1 a link of PC5; 0 any other.
     */
    uint32_t is_layer2;
    /**
     * The Layer-2 ID, 24 bits; of any other link a number of your choice.
     */
    uint32_t id;
} msgin5g_link;

/**
 * What a gateway is told once. Set all of it to 0, then `size`, then what matters. Texts belong to the gateway as long
 * as it is used.
 */
typedef struct {
    /**
     * sizeof(msgin5g_gateway_config).
     */
    uint32_t size;
    /**
     * One of msgin5g_local_form. For links of both forms make two gateways.
     */
    uint32_t form;
    /**
     * The UE Service ID of the client that messages go out with. Needed.
     */
    const char *ue_service_id;
    /**
     * Applications that one link may register. 0: 4.
     */
    uint32_t applications_per_link;
    /**
     * Reports that one link may wait for or owe. 0: 8.
     */
    uint32_t exchanges_per_link;
    /**
     * How long a report is waited for, ms. 0: one hour.
     */
    uint32_t exchange_lifetime_ms;
    /**
     * Elements of `path`, up to 8.
     */
    uint32_t path_count;
    /**
     * Path of the resource at the UEs, one text an element, for requests over CoAP. NULL: none.
     */
    const char *const *path;
    /**
     * For L3, whose numbers the standard leaves open: MSGIN5G_L3_CODINGS octets, copied. Message types: sending, report
     * sending, delivery, report delivery, registration, de-registration; identifiers: Application ID, Originator Address,
     * Failure Cause, Layer-2 ID; values of a delivery status: delivered, not delivered. NULL: 1, 2, 3, 4, 5, 6, 0x0a, 0x10,
     * 0x11, 0x12, 1, 0.
     */
    const uint8_t *l3_codings;
    /**
     * Handed to the function below as it is.
     */
    void *user;
    /**
     * Whether an application may register over a link. NULL: all may.
     *
     * \return 1 or 0
     */
    int32_t (*may_register)(void *user, const msgin5g_link *link, uint32_t application_id);
} msgin5g_gateway_config;

/**
 * A client: one per connection to an MSGin5G Server. In memory of yours, static or on a stack that lives as long;
 * it is not to be moved or copied. Only the library looks into it.
 */
typedef struct {
    /**
     * Nothing that you should look at.
     */
    uint64_t opaque[MSGIN5G_CLIENT_WORDS];
} msgin5g_client;

/**
 * The name of a message sent from here: the octets of a UUID.
 */
typedef struct {
    /**
     * As they go over the wire.
     */
    uint8_t octets[16];
} msgin5g_message_id;

/**
 * What is to go over a link, and why. Set `size`, `out` and `out_size` before; the rest is set by the call.
 */
typedef struct {
    /**
     * sizeof(msgin5g_gateway_step).
     */
    uint32_t size;
    /**
     * One of msgin5g_step_kind.
     */
    uint32_t kind;
    /**
     * Where octets for the link go.
     */
    uint8_t *out;
    /**
     * Room there: 12 for answers, about 150 and the payload for messages.
     */
    size_t out_size;
    /**
     * How many are to be sent over `link`; 0: none.
     */
    size_t out_len;
    /**
     * The link.
     */
    msgin5g_link link;
    /**
     * One of msgin5g_refusal, with MSGIN5G_STATUS_NOT_TAKEN.
     */
    uint32_t refusal;
    /**
     * Number of an application.
     */
    uint32_t application_id;
    /**
     * The message that it is about, if its ID is a UUID.
     */
    msgin5g_message_id message_id;
    /**
     * With a report of the UE: the ticket of the message. If msgin5g_gateway_from_ue() could not give the report, give it
     * later by msgin5g_give_report(). 0: none.
     */
    uint32_t report_ticket;
    /**
     * Whether the UE reports success: 1 or 0.
     */
    uint32_t success;
} msgin5g_gateway_step;

/**
 * A text that does not end with 0: valid during the callback that it was handed to. UTF-8.
 */
typedef struct {
    /**
     * Never NULL.
     */
    const char *data;
    /**
     * Octets.
     */
    size_t len;
} msgin5g_text;

/**
 * A message that has arrived. Newer libraries add members at the end; `size` says how many there are.
 */
typedef struct {
    /**
     * Octets of this structure.
     */
    uint32_t size;
    /**
     * What kind of address the originator is: one of msgin5g_address.
     */
    uint32_t originator_kind;
    /**
     * Who sends it.
     */
    msgin5g_text originator;
    /**
     * What kind of address the recipient is: one of msgin5g_address.
     */
    uint32_t recipient_kind;
    /**
     * One of msgin5g_priority.
     */
    uint32_t priority;
    /**
     * Whom it is for: this UE, or a group, area or topic.
     */
    msgin5g_text recipient;
    /**
     * Its Message ID: a UUID with hyphens, or what the sender made of it, up to 64 octets.
     */
    msgin5g_text message_id;
    /**
     * The application it is for; empty: the default one.
     */
    msgin5g_text application_id;
    /**
     * UTF-8. Octets by agreement as base64, see msgin5g_decode_octets().
     */
    msgin5g_text payload;
    /**
     * Whether the sender asks for a report: 1 or 0.
     */
    uint32_t report_wanted;
    /**
     * Whether msgin5g_give_report() is to be called, with `report_ticket`: 1 or 0.
     */
    uint32_t report_due;
    /**
     * What msgin5g_give_report() takes.
     */
    uint32_t report_ticket;
} msgin5g_received;

/**
 * What became of a message that was sent from here.
 */
typedef struct {
    /**
     * Octets of this structure.
     */
    uint32_t size;
    /**
     * Whether the message reached its application: 1 or 0.
     */
    uint32_t success;
    /**
     * What kind of address the originator is: one of msgin5g_address.
     */
    uint32_t originator_kind;
    /**
     * Whether the report names a message of ours by its UUID, in `message_id`: 1 or 0.
     */
    uint32_t has_message_id;
    /**
     * As msgin5g_send() gave it.
     */
    msgin5g_message_id message_id;
    /**
     * Who reports.
     */
    msgin5g_text originator;
    /**
     * The Message ID as text.
     */
    msgin5g_text message_id_text;
    /**
     * Why it failed, in free text; empty: not said.
     */
    msgin5g_text cause;
} msgin5g_report;

/**
 * How much of the memory goes where, in octets or as a number. 0: the default.
 */
typedef struct {
    /**
     * Longest CoAP message that is received: about 350 octets and the payload. Default 1152.
     */
    uint32_t receive;
    /**
     * Longest CoAP message that is sent. Default 1152.
     */
    uint32_t send;
    /**
     * What waits for its answer: payloads, and 100 octets or so for each message. Default 2048.
     */
    uint32_t outbox;
    /**
     * Messages, reports and subscriptions that wait at the same time. Default 8.
     */
    uint32_t slots;
    /**
     * Received segments until their message is whole. Default 2048; MSGIN5G_NONE: none are taken.
     */
    uint32_t incoming;
    /**
     * Messages in segments that are received at the same time. Default 4; MSGIN5G_NONE: none.
     */
    uint32_t sets;
    /**
     * Longest record of the session, each way; over datagrams, longest datagram. Default 640; over datagrams 1280.
     */
    uint32_t record;
} msgin5g_sizes;

/**
 * What a key source fills in. All octets are 0 before.
 */
typedef struct {
    /**
     * One of msgin5g_key_kind.
     */
    uint32_t kind;
    /**
     * The key itself: 32 raw octets, not hexadecimal text. Wiped by the library after use.
     */
    uint8_t key[32];
    /**
     * With a K_AF or K_AKMA: the A-KID as the modem gives it, `user@realm`, ended by 0.
     */
    char a_kid[193];
    /**
     * With a K_AUSF: whose it is; K_AKMA and A-KID are derived from it. Read before the function that called
     * request() goes on; NULL otherwise.
     */
    const msgin5g_subscriber *subscriber;
} msgin5g_key;

/**
 * Where AKMA keys come from: the modem or a secure element.
 */
typedef struct {
    /**
     * sizeof(msgin5g_keys).
     */
    uint32_t size;
    /**
     * Handed to each function as it is.
     */
    void *user;
    /**
     * Gives the key for a server, named by its host name (ended by 0) and the 5 octets of its Ua* protocol.
     * Must not block; is called again until it does not return 0.
     *
     * \return 1 `key` is filled in; 0 not yet; below 0 there is none: MSGIN5G_STATUS_NO_KAUSF,
     * MSGIN5G_STATUS_KEYS_NOT_SUPPORTED, MSGIN5G_STATUS_KEYS_TIMED_OUT, or any code of the modem's
     */
    int32_t (*request)(void *user, const char *server_name, const uint8_t *ua_star_id, msgin5g_key *key);
    /**
     * A number that changes whenever K_AUSF does. NULL: nobody knows, a new key is found when one is asked for.
     */
    uint32_t (*generation)(void *user);
} msgin5g_keys;

/**
 * Cryptographically secure random numbers, from the generator of the chip or of the system.
 */
typedef struct {
    /**
     * sizeof(msgin5g_random).
     */
    uint32_t size;
    /**
     * Handed to the function as it is.
     */
    void *user;
    /**
     * Fills all of `out`.
     *
     * \return 0 done, anything else failed
     */
    int32_t (*fill)(void *user, uint8_t *out, size_t len);
} msgin5g_random;

/**
 * Something has happened. Newer libraries add members at the end; `size` says how many there are.
 */
typedef struct {
    /**
     * Octets of this structure.
     */
    uint32_t size;
    /**
     * One of msgin5g_event_kind.
     */
    uint32_t kind;
    /**
     * Why: one of msgin5g_status.
     */
    int32_t status;
    /**
     * The number that goes with `status`: an alert, the transport's or the modem's own code.
     */
    int32_t detail;
    /**
     * Of a message sent from here, as msgin5g_send() gave it.
     */
    msgin5g_message_id message_id;
    /**
     * The server's answer: class times 32 plus detail, 0x84 for 4.04.
     */
    uint32_t coap_code;
    /**
     * As msgin5g_subscribe() gave it.
     */
    uint32_t subscription;
    /**
     * The server's words.
     */
    msgin5g_text cause;
    /**
     * Date and time, RFC 3339.
     */
    msgin5g_text expiration;
    /**
     * Who sends a message in segments.
     */
    msgin5g_text originator;
    /**
     * The Message ID of a received message.
     */
    msgin5g_text message_id_text;
    /**
     * When another attempt is made, ms on the clock of msgin5g_poll().
     */
    uint64_t retry_at_ms;
    /**
     * Octets from the first of a payload.
     */
    size_t offset;
    /**
     * Octets.
     */
    size_t len;
    /**
     * Seconds.
     */
    uint32_t hold_off_s;
    /**
     * How many.
     */
    uint16_t count;
    /**
     * Of how many.
     */
    uint16_t total;
} msgin5g_event;

/**
 * What a client tells the server about itself as it registers (TS 23.554 tables 8.2.1-1 to 8.2.1-3). NULL and 0 are
 * not sent. Texts end with 0 and belong to the client as those of its configuration do.
 */
typedef struct {
    /**
     * sizeof(msgin5g_profile).
     */
    uint32_t size;
    /**
     * The largest payload of one segment that the server may send, octets.
     */
    uint32_t maximum_segment_size;
    /**
     * MSISDN or external identifier, to wake the UE by a device trigger.
     */
    const char *trigger_identifier;
    /**
     * "SMS", "NIDD" ...
     */
    const char *trigger_protocol;
    /**
     * Ports of the application that takes the trigger; 0: none.
     */
    uint16_t trigger_ports[4];
    /**
     * Days and times when the UE can be reached, in free text.
     */
    const char *schedule;
    /**
     * Seconds.
     */
    uint32_t duration;
    /**
     * Seconds.
     */
    uint32_t interval;
    /**
     * Whether communication is periodic: 1 yes, 2 no, 0 not said.
     */
    uint32_t periodic;
} msgin5g_profile;

/**
 * What a client is told once. Set all of it to 0, then `size`, then what matters. Whatever a member points to,
 * texts, tables and memory, belongs to the client until msgin5g_wipe() and must not change; but `transport`,
 * `keys`, `random` and `profile` themselves are copied. Texts end with 0.
 */
typedef struct {
    /**
     * sizeof(msgin5g_config).
     */
    uint32_t size;
    /**
     * One of msgin5g_session.
     */
    uint32_t session;
    /**
     * UE Service ID that the operator bound to this subscription, 5 to 255 octets without spaces. Needed.
     */
    const char *ue_service_id;
    /**
     * Host name of the MSGin5G Server, as in the AKMA AF_ID. Needed.
     */
    const char *server_name;
    /**
     * 5 octets of the Ua* protocol; NULL: that of TLS 1.3.
     */
    const uint8_t *ua_star_id;
    /**
     * Memory of the client, of any alignment: MSGIN5G_MEMORY_SIZE octets for the default sizes. Needed.
     */
    void *memory;
    /**
     * Octets of `memory`.
     */
    size_t memory_size;
    /**
     * How the memory is shared out.
     */
    msgin5g_sizes sizes;
    /**
     * The way to the server. Needed.
     */
    const msgin5g_transport *transport;
    /**
     * Where keys come from. Needed.
     */
    const msgin5g_keys *keys;
    /**
     * Random numbers. Needed.
     */
    const msgin5g_random *random;
    /**
     * Handed to the three functions below as it is.
     */
    void *user;
    /**
     * A message has arrived. What `message` points to is valid during the call. May be NULL.
     */
    void (*on_message)(void *user, const msgin5g_received *message);
    /**
     * A delivery status report about a message sent from here has arrived; valid during the call. May be NULL.
     */
    void (*on_report)(void *user, const msgin5g_report *report);
    /**
     * Anything else has happened; valid during the call. May be NULL.
     */
    void (*on_event)(void *user, const msgin5g_event *event);
    /**
     * One of msgin5g_reports.
     */
    uint32_t reports;
    /**
     * How many elements `server_path` has, up to 8.
     */
    uint32_t server_path_count;
    /**
     * Path of the server's resource, one text an element. NULL: one element, "msgin5g".
     */
    const char *const *server_path;
    /**
     * MSGin5G service identifier. NULL: the standard's.
     */
    const char *service_identifier;
    /**
     * Between the prefix of the PSK identity and the A-KID, for servers that want something there. NULL: nothing.
     */
    const char *psk_separator;
    /**
     * What the server should know of this UE. NULL: nothing.
     */
    const msgin5g_profile *profile;
    /**
     * How long an answer may take before the request is repeated, ms. 0: 93,000.
     */
    uint32_t answer_timeout_ms;
    /**
     * First pause before a request is repeated, ms; it doubles each time. 0: 30,000.
     */
    uint32_t retry_pause_ms;
    /**
     * How often a request is sent at the most, up to 255. 0: 5.
     */
    uint32_t max_attempts;
    /**
     * How often a session may break under one request, up to 255. 0: 10.
     */
    uint32_t max_breaks;
    /**
     * Largest payload in one piece and of one segment, octets, 16 to 65,535. 0: 2048.
     */
    uint32_t segment_size;
    /**
     * How long the next segment may take before missing ones are asked for, ms. 0: 15,000.
     */
    uint32_t segment_wait_ms;
    /**
     * How often missing segments are asked for, up to 255. 0: 3; MSGIN5G_NONE: not.
     */
    uint32_t segment_recoveries;
    /**
     * How long sent segments are kept in case some are missed, ms. 0: 120,000; MSGIN5G_NONE: not.
     */
    uint32_t segment_keep_ms;
    /**
     * How many messages in segments of one sender may be incomplete, up to 255. 0: 2.
     */
    uint32_t sets_per_originator;
    /**
     * How long a message that may be aggregated waits for others, ms. 0: 2,000; MSGIN5G_NONE: not.
     */
    uint32_t aggregation_wait_ms;
    /**
     * After which time to register again, ms, 60,000 or more. 0: never.
     */
    uint32_t registration_refresh_ms;
    /**
     * How long the key source may take, ms. 0: 60,000.
     */
    uint32_t keys_timeout_ms;
    /**
     * How long connecting and the handshake may take together, ms. 0: 60,000.
     */
    uint32_t open_timeout_ms;
    /**
     * How long a silent server may leave a request unanswered before it counts as gone, ms. 0: 60,000.
     */
    uint32_t silence_ms;
    /**
     * After how much silence to look whether the server is there, ms. 0: never; the radio sleeps.
     */
    uint32_t ping_ms;
    /**
     * First pause before another session is tried, ms; it doubles each time. 0: 2,000.
     */
    uint32_t first_pause_ms;
    /**
     * Longest such pause, ms. 0: 900,000.
     */
    uint32_t longest_pause_ms;
    /**
     * After which time a session counts as stable, ms. 0: 60,000.
     */
    uint32_t stable_ms;
    /**
     * How long an orderly end may take, ms. 0: 5,000.
     */
    uint32_t close_timeout_ms;
    /**
     * DTLS: longest datagram to the server, octets, 64 to 65,535. 0: 1152.
     */
    uint32_t dtls_mtu;
    /**
     * DTLS: pause before what was not answered in the handshake is sent again for the first time, ms; it doubles each
     * time. 0: 1,000; on NB-IoT 9,000 or more.
     */
    uint32_t dtls_retransmit_first_ms;
    /**
     * DTLS: longest such pause, ms. 0: 60,000.
     */
    uint32_t dtls_retransmit_max_ms;
    /**
     * DTLS: octets of `dtls_connection_id`, up to 20. Usually 0: the server need not tell this client's socket from
     * others. MSGIN5G_NONE: no Connection ID is offered, and an association does not outlive its socket.
     */
    uint32_t dtls_connection_id_len;
    /**
     * DTLS: the Connection ID (RFC 9146) by which the server is to address this client. May be NULL.
     */
    const uint8_t *dtls_connection_id;
} msgin5g_config;

/**
 * A message to be sent. All that it points to is read during the call and is the caller's again after it.
 */
typedef struct {
    /**
     * sizeof(msgin5g_message).
     */
    uint32_t size;
    /**
     * What kind of address `recipient` is: one of msgin5g_address.
     */
    uint32_t recipient_kind;
    /**
     * Whom it is for, ended by 0.
     */
    const char *recipient;
    /**
     * Which application at the recipient, ended by 0; NULL: its default one.
     */
    const char *application_id;
    /**
     * UTF-8 for msgin5g_send(), any octets for msgin5g_send_octets(). NULL with a length of 0.
     */
    const void *payload;
    /**
     * Octets of the payload.
     */
    size_t payload_len;
    /**
     * One of msgin5g_priority.
     */
    uint32_t priority;
    /**
     * MSGIN5G_REPORT_WANTED, MSGIN5G_MAY_STORE, MSGIN5G_MAY_SEGMENT, MSGIN5G_MAY_AGGREGATE, or'ed.
     */
    uint32_t flags;
    /**
     * With MSGIN5G_MAY_STORE: date and time (RFC 3339, ended by 0) until when; NULL: as long as the operator likes.
     */
    const char *store_until;
} msgin5g_message;

/**
 * A number that only ever grows, whatever happens to power and flash: it keeps a snapshot from being used twice.
 */
typedef struct {
    /**
     * sizeof(msgin5g_counter).
     */
    uint32_t size;
    /**
     * Handed to the functions as it is.
     */
    void *user;
    /**
     * The value now.
     *
     * \return 0 done, anything else failed
     */
    int32_t (*value)(void *user, uint64_t *value);
    /**
     * Makes it larger for good, and tells the new value.
     *
     * \return 0 done, anything else failed
     */
    int32_t (*advance)(void *user, uint64_t *value);
} msgin5g_counter;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * K_AUSF of a 5G AKA run (TS 33.501 A.2), for UEs whose USIM answers and whose modem does not keep K_AUSF.
 * May be called at any time from anywhere.
 *
 * \param ck 16 octets
 * \param ik 16 octets
 * \param serving_network `5G:mnc<3 digits>.mcc<3 digits>.3gppnetwork.org`, ended by 0
 * \param sqn_xor_ak 6 octets, the first of AUTN
 * \param k_ausf room for 32 octets; unchanged after an error
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_AKMA_NAME
 */
msgin5g_status msgin5g_akma_k_ausf_from_5g_aka(const uint8_t *ck,
                                               const uint8_t *ik,
                                               const char *serving_network,
                                               const uint8_t *sqn_xor_ak,
                                               uint8_t *k_ausf);

/**
 * K_AUSF of an EAP-AKA' run (TS 33.501 6.1.3.1): out of the EMSK. May be called at any time from anywhere.
 *
 * \param emsk the EMSK
 * \param emsk_len 64
 * \param k_ausf room for 32 octets; unchanged after an error
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_KEY_LENGTH
 */
msgin5g_status msgin5g_akma_k_ausf_from_emsk(const uint8_t *emsk,
                                             size_t emsk_len,
                                             uint8_t *k_ausf);

/**
 * K_AKMA and A-TID from K_AUSF (TS 33.535 A.2 and A.3). May be called at any time from anywhere.
 *
 * \param k_ausf 32 raw octets
 * \param supi digits of an IMSI, or an NAI, ended by 0
 * \param k_akma room for 32 octets, to be wiped by the caller; unchanged after an error
 * \param a_tid room for 32 octets; unchanged after an error
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_AKMA_NAME
 */
msgin5g_status msgin5g_akma_k_akma(const uint8_t *k_ausf,
                                   const char *supi,
                                   uint8_t *k_akma,
                                   uint8_t *a_tid);

/**
 * K_AF for one server from K_AKMA (TS 33.535 A.4). May be called at any time from anywhere.
 *
 * \param k_akma 32 raw octets
 * \param server_name host name of the server, ended by 0
 * \param ua_star_id 5 octets of the Ua* protocol; NULL: that of TLS 1.3
 * \param k_af room for 32 octets, to be wiped by the caller; unchanged after an error
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_AKMA_NAME
 */
msgin5g_status msgin5g_akma_k_af(const uint8_t *k_akma,
                                 const char *server_name,
                                 const uint8_t *ua_star_id,
                                 uint8_t *k_af);

/**
 * The A-KID of a subscriber, ended by 0 (TS 33.535 clause 6.1). May be called at any time from anywhere.
 *
 * \param a_tid 32 octets, as msgin5g_akma_k_akma() gives them
 * \param subscriber whose it is; the SUPI does not count
 * \param text where it goes
 * \param text_size octets of that; 193 are always enough
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
 * MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_AKMA_NAME, MSGIN5G_STATUS_BUFFER_TOO_SMALL
 */
msgin5g_status msgin5g_akma_a_kid(const uint8_t *a_tid,
                                  const msgin5g_subscriber *subscriber,
                                  char *text,
                                  size_t text_size);

/**
 * The PSK identity for an A-KID, ended by 0 (TS 33.535 B.1.3.2). May be called at any time from anywhere.
 *
 * \param a_kid ended by 0
 * \param text where it goes
 * \param text_size octets of that; 257 are always enough
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT,
 * MSGIN5G_STATUS_AKMA_NAME, MSGIN5G_STATUS_BUFFER_TOO_SMALL
 */
msgin5g_status msgin5g_akma_psk_identity(const char *a_kid, char *text, size_t text_size);

/**
 * Makes a modem. It is not spoken to before the transport is asked to connect.
 *
 * \param at memory for it
 * \param config its UART and its server
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
 * MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_NOT_BUILT
 */
msgin5g_status msgin5g_at_init(msgin5g_at *at, const msgin5g_at_config *config);

/**
 * The modem as a transport, to be put into a configuration: the modem stays where it is as long as that is used.
 *
 * \param at the modem
 * \param transport filled in; `size` of it does not count
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK, MSGIN5G_STATUS_NOT_BUILT
 */
msgin5g_status msgin5g_at_transport(msgin5g_at *at,
                                    msgin5g_transport *transport);

/**
 * Asks the modem something else: to be called with the same command until it is not 0. While a socket is open it
 * waits until everything that was read has been taken. Also the way to a vendor's command for AKMA keys.
 *
 * \param at the modem
 * \param command without the end of the line, ended by 0, such as "AT+CIMI"
 * \param prefix how the wanted line of the answer begins, ended by 0, such as "+CEREG"; "" for one without a name
 * \param patience_ms how long the modem may take
 * \param line where that line goes, ended by 0; what does not fit is cut off
 * \param line_size room there, at least 1
 * \return 1 the line is there (empty if there was none); 0 not yet; below 0: MSGIN5G_STATUS_MODEM_NO_ANSWER,
 * MSGIN5G_STATUS_MODEM_REFUSED, MSGIN5G_STATUS_MODEM_UNSENDABLE, MSGIN5G_AT_CME minus a number of `+CME ERROR`,
 * MSGIN5G_STATUS_CLOSED, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT,
 * MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK, MSGIN5G_STATUS_NOT_BUILT
 */
int32_t msgin5g_at_ask(msgin5g_at *at,
                       const char *command,
                       const char *prefix,
                       uint32_t patience_ms,
                       char *line,
                       size_t line_size);

/**
 * Closes the socket: to be called until it is not 0.
 *
 * \return 1 it is closed; 0 not yet; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK, MSGIN5G_STATUS_NOT_BUILT
 */
int32_t msgin5g_at_close(msgin5g_at *at);

/**
 * Tests a transport for streams on the device, against a peer that does what it is asked: the program
 * `conformance_peer` of this library, on a computer that the modem can reach. It opens six connections, and returns
 * when it is done or at the first fault. The transport must not be in use by a client.
 *
 * \param transport the transport, which connects to the peer
 * \param config a clock
 * \param report what was found; not NULL
 * \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_NOT_CONFORMING: `report` says why; MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_INVALID_SIZE
 */
msgin5g_status msgin5g_conformance_stream(const msgin5g_transport *transport,
                                          const msgin5g_conformance_config *config,
                                          msgin5g_conformance_report *report);

/**
 * The same for a transport for datagrams, over one connection. Datagrams may be lost, doubled and overtaken; they may
 * not be cut, put together or changed.
 *
 * \param transport the transport, which connects to the peer
 * \param config a clock
 * \param report what was found; not NULL
 * \return as msgin5g_conformance_stream()
 */
msgin5g_status msgin5g_conformance_datagrams(const msgin5g_transport *transport,
                                             const msgin5g_conformance_config *config,
                                             msgin5g_conformance_report *report);

/**
 * Reads a UE configuration document (TS 24.538 clause 7.2), which the UE fetched by HTTP or CoAP before. XML in UTF-8,
 * up to 65,535 octets. May be called at any time from anywhere.
 *
 * \param document its octets; they are changed, and hold no XML any more
 * \param document_len how many
 * \param found what it says; not NULL
 * \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_INVALID_DOCUMENT: `found` says why, in its `error` members;
 * MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE
 */
msgin5g_status msgin5g_read_document(char *document,
                                     size_t document_len,
                                     msgin5g_document *found);

/**
 * Makes a gateway with nobody behind it.
 *
 * \param gateway memory for it
 * \param config for whom it sends, and how its links speak
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
 * MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_INVALID_IDENTIFIER, MSGIN5G_STATUS_INVALID_CONFIG (the path),
 * MSGIN5G_STATUS_NOT_BUILT
 */
msgin5g_status msgin5g_gateway_init(msgin5g_gateway *gateway, const msgin5g_gateway_config *config);

/**
 * Octets have come from a UE: a whole L3 message or a whole datagram. Registers its application, or hands its message or
 * its report to the client, under the client's own UE Service ID. Not to be called out of a callback of the client.
 *
 * Over CoAP there is an answer in `step` whatever becomes of the request, also with an error of the client.
 *
 * \param gateway the gateway
 * \param client what sends
 * \param link where they came from
 * \param octets they are changed
 * \param octets_len how many
 * \param now_ms the time on the clock of msgin5g_poll()
 * \param step what became of it; not NULL
 * \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_NOT_TAKEN: `step` says why; as msgin5g_send() or msgin5g_give_report() if the
 * client does not accept it: the UE may try again; MSGIN5G_STATUS_BUFFER_TOO_SMALL, MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_gateway_from_ue(msgin5g_gateway *gateway,
                                       msgin5g_client *client,
                                       const msgin5g_link *link,
                                       uint8_t *octets,
                                       size_t octets_len,
                                       uint64_t now_ms,
                                       msgin5g_gateway_step *step);

/**
 * The client has received a message: what goes to the UE that it is for. To be called out of on_message(). A message
 * that names no application is for the only one that is registered. If it is not taken and a report is due, give one of
 * failure, after msgin5g_poll().
 *
 * \param gateway the gateway
 * \param message what on_message() was given
 * \param now_ms the time on the clock of msgin5g_poll()
 * \param step what is to go over which link; not NULL
 * \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_NOT_TAKEN: `step` says why; MSGIN5G_STATUS_BUFFER_TOO_SMALL,
 * MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_NOT_BUILT,
 * MSGIN5G_STATUS_NOT_INITIALISED
 */
msgin5g_status msgin5g_gateway_message(msgin5g_gateway *gateway,
                                       const msgin5g_received *message,
                                       uint64_t now_ms,
                                       msgin5g_gateway_step *step);

/**
 * The client has received a report: what goes to the UE that waits for it. To be called out of on_report().
 *
 * \param gateway the gateway
 * \param report what on_report() was given
 * \param now_ms the time on the clock of msgin5g_poll()
 * \param step what is to go over which link; not NULL
 * \return as msgin5g_gateway_message()
 */
msgin5g_status msgin5g_gateway_report(msgin5g_gateway *gateway,
                                      const msgin5g_report *report,
                                      uint64_t now_ms,
                                      msgin5g_gateway_step *step);

/**
 * The client could not send a message of a UE (MSGIN5G_EVENT_KIND_FAILED): what goes to that UE, if it waits for a report.
 *
 * \param gateway the gateway
 * \param message_id of the event
 * \param cause why, for the UE, ended by 0; not NULL
 * \param step what is to go over which link; not NULL
 * \return as msgin5g_gateway_message()
 */
msgin5g_status msgin5g_gateway_failure(msgin5g_gateway *gateway,
                                       const msgin5g_message_id *message_id,
                                       const char *cause,
                                       msgin5g_gateway_step *step);

/**
 * A link is lost: its applications are no longer reached, and nothing is waited for. Then msgin5g_gateway_lapsed().
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED
 */
msgin5g_status msgin5g_gateway_forget(msgin5g_gateway *gateway,
                                      const msgin5g_link *link);

/**
 * A report that a UE owes and that did not come in time: the client keeps a place for it until msgin5g_give_report() with
 * this ticket says that it failed. Ask until there is none, after msgin5g_gateway_forget() and now and then.
 *
 * \param gateway the gateway
 * \param now_ms the time on the clock of msgin5g_poll()
 * \param ticket where the ticket goes; not NULL
 * \return 1 there is one; 0 none; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_BUILT,
 * MSGIN5G_STATUS_NOT_INITIALISED
 */
int32_t msgin5g_gateway_lapsed(msgin5g_gateway *gateway,
                               uint64_t now_ms,
                               uint32_t *ticket);

/**
 * Makes a client. It calls nothing but the random function, and connects with the first msgin5g_poll().
 *
 * Do not call it for a client that is in use: msgin5g_wipe() it first. After an error there is no client.
 *
 * \param client memory for it
 * \param config who it is and what it works with
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
 * MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_INVALID_IDENTIFIER, MSGIN5G_STATUS_INVALID_CONFIG,
 * MSGIN5G_STATUS_AKMA_NAME, MSGIN5G_STATUS_BUFFER_TOO_SMALL, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_RANDOM_FAILED
 */
msgin5g_status msgin5g_init(msgin5g_client *client,
                            const msgin5g_config *config);

/**
 * Does what can be done now: keys, connecting, handshake, sending, receiving; and calls the functions of the
 * configuration. Never waits.
 *
 * Call it when octets have arrived, when the modem has news, after functions that give the client something to
 * send, and at the time that it returned. Not from within a callback, and never at the same time from two tasks.
 *
 * \param client the client
 * \param now_ms milliseconds from any origin that stays, never going back
 * \return when (ms) to call it again even if nothing arrives; a time that has passed: at once; MSGIN5G_NEVER: not.
 * Below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
int64_t msgin5g_poll(msgin5g_client *client,
                     uint64_t now_ms);

/**
 * Ends the session in order and stays away: MSGIN5G_EVENT_KIND_CLOSED comes when it is done. De-register before if
 * the server shall know. Goes on with msgin5g_poll().
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_close(msgin5g_client *client);

/**
 * Connects again after msgin5g_close(), by msgin5g_poll().
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_open(msgin5g_client *client);

/**
 * Ends a pause between two attempts to connect: the network is back, or somebody waits.
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_hurry(msgin5g_client *client);

/**
 * Ends a client at once, without a word to the server: closes the transport, wipes keys, context and memory. Both
 * are the caller's again. msgin5g_close() first, and msgin5g_poll() until it has closed, if there is time.
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_wipe(msgin5g_client *client);

/**
 * Whether a session is open.
 *
 * \return 1 or 0; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
int32_t msgin5g_is_connected(msgin5g_client *client);

/**
 * Whether the server has accepted the registration.
 *
 * \return 1 or 0; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
int32_t msgin5g_is_registered(msgin5g_client *client);

/**
 * Whether only a new primary authentication helps, as far as is known.
 *
 * \return 1 or 0; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
int32_t msgin5g_needs_authentication(msgin5g_client *client);

/**
 * How many messages, reports and subscriptions are accepted and not answered yet.
 *
 * \return 0 or more; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
int32_t msgin5g_pending(msgin5g_client *client);

/**
 * Whether nothing of any message is in the memory any more: all is answered and handed over.
 *
 * \return 1 or 0; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
int32_t msgin5g_is_idle(msgin5g_client *client);

/**
 * Not in the library: a program may define it, and it is called if a fault in the library is found at run
 * time. It should not return: log, reset. Without it the core stops at an undefined instruction. Only in a
 * library with the feature `panic-handler`.
 */
extern void msgin5g_on_panic(void);

/**
 * Registers with the server, now or as soon as there is a session. MSGIN5G_EVENT_KIND_REGISTERED or
 * MSGIN5G_EVENT_KIND_REGISTRATION_FAILED tells the outcome. Once is enough: it registers again by itself.
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_BUSY, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_register(msgin5g_client *client);

/**
 * Ends the registration once all that was accepted before is answered: MSGIN5G_EVENT_KIND_DEREGISTERED.
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_BUSY, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_deregister(msgin5g_client *client);

/**
 * Tells the server another profile, by registering again.
 *
 * \param client the client
 * \param profile copied; its texts belong to the client until the next profile or msgin5g_wipe()
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_BUSY, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_change_profile(msgin5g_client *client, const msgin5g_profile *profile);

/**
 * A device trigger has come by SMS or NIDD: registers, and sends at once what waited.
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_on_device_trigger(msgin5g_client *client);

/**
 * Subscribes to messaging topics: MSGIN5G_EVENT_KIND_SUBSCRIBED or MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED.
 *
 * \param client the client
 * \param topics texts that end with 0, read during the call
 * \param topic_count 1 to 8
 * \param expiration until when (RFC 3339), ended by 0; NULL: as long as the operator lets it
 * \param subscription where its number goes; not NULL
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_TOPIC_COUNT, MSGIN5G_STATUS_INVALID_IDENTIFIER,
 * MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_OUTBOX_FULL,
 * MSGIN5G_STATUS_OUTBOX_TOO_SMALL, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_BUILT,
 * MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_subscribe(msgin5g_client *client,
                                 const char *const *topics,
                                 size_t topic_count,
                                 const char *expiration,
                                 uint32_t *subscription);

/**
 * Ends a subscription: MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED.
 *
 * \param client the client
 * \param subscription as msgin5g_subscribe() gave it
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_UNKNOWN_TICKET, MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_unsubscribe(msgin5g_client *client, uint32_t subscription);

/**
 * Reports what became of a received message, with MSGIN5G_REPORTS_BY_APPLICATION.
 *
 * \param client the client
 * \param ticket msgin5g_received::report_ticket of that message
 * \param success 1 or 0
 * \param cause why it failed, ended by 0; NULL: not said
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_UNKNOWN_TICKET, MSGIN5G_STATUS_OUTBOX_TOO_SMALL,
 * MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT,
 * MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_give_report(msgin5g_client *client,
                                   uint32_t ticket,
                                   int32_t success,
                                   const char *cause);

/**
 * Asks the server for a sign of life: MSGIN5G_EVENT_KIND_PONG.
 *
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_ping(msgin5g_client *client);

/**
 * Accepts a message whose payload is text (UTF-8). It is copied and kept until the server has answered, whether or
 * not there is a session: MSGIN5G_EVENT_KIND_ACCEPTED, MSGIN5G_EVENT_KIND_STORED or MSGIN5G_EVENT_KIND_FAILED, and
 * a report later if one was asked for. Goes out with msgin5g_poll().
 *
 * \param client the client
 * \param message the message
 * \param message_id where its name goes; NULL: nowhere
 * \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_OUTBOX_FULL and MSGIN5G_STATUS_OUTBOX_TOO_SMALL, which pass;
 * MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
 * MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_INVALID_IDENTIFIER, MSGIN5G_STATUS_NOT_BUILT,
 * MSGIN5G_STATUS_RANDOM_FAILED, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_send(msgin5g_client *client,
                            const msgin5g_message *message,
                            msgin5g_message_id *message_id);

/**
 * The same for a payload of any octets, which go as base64 by a convention of this library: the recipient has to
 * know it and call msgin5g_decode_octets() or the like. They take a third more than msgin5g_send().
 *
 * \param client the client
 * \param message the message
 * \param message_id where its name goes; NULL: nowhere
 * \return as msgin5g_send()
 */
msgin5g_status msgin5g_send_octets(msgin5g_client *client,
                                   const msgin5g_message *message,
                                   msgin5g_message_id *message_id);

/**
 * Octets of a payload that came as base64. May be called at any time from anywhere, also from callbacks.
 *
 * \param payload what came
 * \param payload_len octets of that
 * \param out where the octets go
 * \param out_size room there; three quarters of `payload_len` are always enough
 * \param out_len how many there are; unchanged after an error
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT (no base64),
 * MSGIN5G_STATUS_TOO_LARGE (over 65,535 octets), MSGIN5G_STATUS_BUFFER_TOO_SMALL, MSGIN5G_STATUS_NOT_BUILT
 */
msgin5g_status msgin5g_decode_octets(const char *payload,
                                     size_t payload_len,
                                     uint8_t *out,
                                     size_t out_size,
                                     size_t *out_len);

/**
 * Accepts a message whose payload the application holds, in flash or in a file: MSGIN5G_EVENT_KIND_PAYLOAD_WANTED
 * asks for it part by part, and msgin5g_supply() gives it. It stays as it is until
 * MSGIN5G_EVENT_KIND_SEGMENTS_RELEASED or MSGIN5G_EVENT_KIND_FAILED. Goes in segments.
 *
 * \param client the client
 * \param message the message; its payload does not count, its `payload_len` does
 * \param message_id where its name goes; not NULL
 * \return as msgin5g_send()
 */
msgin5g_status msgin5g_send_from(msgin5g_client *client,
                                 const msgin5g_message *message,
                                 msgin5g_message_id *message_id);

/**
 * Hands over the part of a payload that MSGIN5G_EVENT_KIND_PAYLOAD_WANTED asked for. It is read during the call.
 * UTF-8 but for characters that go on beyond the part.
 *
 * \param client the client
 * \param message_id of the event
 * \param offset of the event
 * \param part the octets from there on
 * \param part_len `len` of the event
 * \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_BUSY: it is asked for again; MSGIN5G_STATUS_WRONG_PART,
 * MSGIN5G_STATUS_UNKNOWN_TICKET, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_supply(msgin5g_client *client,
                              const msgin5g_message_id *message_id,
                              size_t offset,
                              const void *part,
                              size_t part_len);

/**
 * Writes the state of the client into octets for flash: registration, messages that wait, messages half received,
 * subscriptions. No session and no key is in it; the next life opens a session with a key of its own. Encrypted and
 * authenticated below a secret of the device; older snapshots are void from here on. The client can go on.
 *
 * \param client the client
 * \param secret a secret of the device, 16 octets or more
 * \param secret_len octets of that
 * \param counter the monotonic counter
 * \param out where it goes: MSGIN5G_SNAPSHOT_SIZE octets are enough for the default sizes
 * \param out_size room there
 * \param out_len how many octets it has; unchanged after an error
 * \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_BUFFER_TOO_SMALL, MSGIN5G_STATUS_COUNTER_FAILED,
 * MSGIN5G_STATUS_RANDOM_FAILED, MSGIN5G_STATUS_KEY_LENGTH, MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_snapshot_save(msgin5g_client *client,
                                     const uint8_t *secret,
                                     size_t secret_len,
                                     const msgin5g_counter *counter,
                                     uint8_t *out,
                                     size_t out_size,
                                     size_t *out_len);

/**
 * The same for a sleep without power, with the association in it: what is restored goes on without a key, a handshake
 * and a registration. Only with MSGIN5G_SESSION_DTLS13; the server has to know the client by a Connection ID, or see it
 * at the same address. The association is over here then, and the server is not told: switch off, or msgin5g_wipe().
 * A client that is polled on all the same opens another.
 *
 * Without a counter that survives everything that the snapshot survives, use msgin5g_snapshot_save(): whoever goes on
 * twice with one association uses its record numbers twice, which breaks the protection of both.
 *
 * \param client the client
 * \param secret a secret of the device, 16 octets or more
 * \param secret_len octets of that
 * \param counter the monotonic counter
 * \param out where it goes: MSGIN5G_SNAPSHOT_SIZE octets are enough for the default sizes
 * \param out_size room there
 * \param out_len how many octets it has; unchanged after an error
 * \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_BUSY if none is open or something is under way: msgin5g_poll(), then again;
 * MSGIN5G_STATUS_INVALID_CONFIG if it is another session; MSGIN5G_STATUS_BUFFER_TOO_SMALL,
 * MSGIN5G_STATUS_COUNTER_FAILED, MSGIN5G_STATUS_RANDOM_FAILED, MSGIN5G_STATUS_KEY_LENGTH,
 * MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_NOT_BUILT,
 * MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK. After an error of room, counter or
 * generator the client goes on, too, with another association
 */
msgin5g_status msgin5g_snapshot_sleep(msgin5g_client *client,
                                      const uint8_t *secret,
                                      size_t secret_len,
                                      const msgin5g_counter *counter,
                                      uint8_t *out,
                                      size_t out_size,
                                      size_t *out_len);

/**
 * Takes up what a snapshot holds. For a client that has just been initialised with the same configuration, before
 * its first msgin5g_poll(); do not register, it is registered if it was. A snapshot can be used once. The association
 * of one by msgin5g_snapshot_sleep() goes on; if the server has forgotten it, the first request is not answered, and
 * another is opened after msgin5g_config::silence_ms.
 *
 * \param client the client
 * \param secret as it was saved with
 * \param secret_len octets of that
 * \param counter the monotonic counter
 * \param sealed the snapshot; it is decrypted where it lies, and wiped
 * \param sealed_len its octets; more may follow
 * \param now_ms the time on the clock of msgin5g_poll()
 * \param asleep_ms how long it is since it was saved, 0 if nobody knows
 * \return MSGIN5G_STATUS_OK; otherwise the client is as if it were new: MSGIN5G_STATUS_SNAPSHOT_INVALID,
 * MSGIN5G_STATUS_SNAPSHOT_OLD, MSGIN5G_STATUS_SNAPSHOT_DOES_NOT_FIT, MSGIN5G_STATUS_COUNTER_FAILED,
 * MSGIN5G_STATUS_KEY_LENGTH, MSGIN5G_STATUS_BUSY (it is connected), MSGIN5G_STATUS_INVALID_ARGUMENT,
 * MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED,
 * MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_snapshot_restore(msgin5g_client *client,
                                        const uint8_t *secret,
                                        size_t secret_len,
                                        const msgin5g_counter *counter,
                                        uint8_t *sealed,
                                        size_t sealed_len,
                                        uint64_t now_ms,
                                        uint64_t asleep_ms);

/**
 * One line of English about a status, for logs. Never NULL, constant, ends with 0.
 * Any number may be given. May be called at any time from anywhere.
 *
 * \param status what a function returned or an event holds
 */
const char *msgin5g_strerror(int32_t status);

/**
 * The version of this library: major in bits 16 to 23, minor in 8 to 15, patch in 0 to 7. The same as
 * MSGIN5G_VERSION of the header that it goes with. May be called at any time from anywhere.
 */
uint32_t msgin5g_version(void);

/**
 * Changes until when the server keeps a message of ours that it stores, or has it discarded (TS 23.554 V19 clause
 * 8.3.6.1): MSGIN5G_EVENT_KIND_UPDATED or MSGIN5G_EVENT_KIND_UPDATE_FAILED. The type of the message that says so is
 * not known yet, so only servers of this library understand it: feature `stored-message-update`.
 *
 * \param client the client
 * \param message_id as msgin5g_send() gave it
 * \param destination the server that stores it, ended by 0
 * \param expiration date and time (RFC 3339, ended by 0); NULL: the message is discarded
 * \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_OUTBOX_FULL and MSGIN5G_STATUS_OUTBOX_TOO_SMALL, which pass;
 * MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_NOT_BUILT,
 * MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
 */
msgin5g_status msgin5g_update_stored(msgin5g_client *client,
                                     const msgin5g_message_id *message_id,
                                     const char *destination,
                                     const char *expiration);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MSGIN5G_H */

/** Octets of a client, see msgin5g_client. */
#define MSGIN5G_CLIENT_SIZE (sizeof(msgin5g_client))

/** Octets of a session by MSGIN5G_SESSION_TLS13 with records of so many octets, see msgin5g_sizes::record. */
#define MSGIN5G_TLS13_SIZE_FOR(record) (MSGIN5G_TLS13_SIZE + 2 * (record))

/** Octets of a session by MSGIN5G_SESSION_DTLS13 with datagrams of so many octets, see msgin5g_sizes::record. */
#define MSGIN5G_DTLS13_SIZE_FOR(datagram) (MSGIN5G_DTLS13_SIZE + 2 * (datagram))

/**
 * Octets of msgin5g_config::memory for these sizes, in the order of msgin5g_sizes; `session_size` is
 * MSGIN5G_TLS13_SIZE_FOR(..), MSGIN5G_DTLS13_SIZE_FOR(..) or MSGIN5G_EMBEDDED_TLS_SIZE.
 */
#define MSGIN5G_MEMORY_SIZE_FOR(receive, send, outbox, slots, incoming, sets, session_size)                        \
    ((receive) + (send) + (outbox) + (slots) * MSGIN5G_SLOT_SIZE + (incoming) + (sets) * MSGIN5G_SET_SIZE +        \
     (session_size) + 32)

/** Octets of msgin5g_config::memory for the default sizes and MSGIN5G_SESSION_TLS13. */
#define MSGIN5G_MEMORY_SIZE MSGIN5G_MEMORY_SIZE_FOR(1152, 1152, 2048, 8, 2048, 4, MSGIN5G_TLS13_SIZE_FOR(640))

/** Octets of msgin5g_config::memory for the default sizes and MSGIN5G_SESSION_DTLS13. */
#define MSGIN5G_MEMORY_SIZE_DTLS13                                                                                 \
    MSGIN5G_MEMORY_SIZE_FOR(1152, 1152, 2048, 8, 2048, 4, MSGIN5G_DTLS13_SIZE_FOR(1280))
