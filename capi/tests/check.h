/** \file check.h  What the tests in C share: a check that says where it failed, and a client on a scripted line. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msgin5g.h"

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            exit(EXIT_FAILURE);                                                                                        \
        }                                                                                                              \
    } while (0)

/** The status that is expected; both are named if it is another. */
#define STATUS(expected, call)                                                                                         \
    do {                                                                                                               \
        int32_t got_ = (int32_t)(call);                                                                                \
        if (got_ != (int32_t)(expected)) {                                                                             \
            fprintf(stderr, "%s:%d: %s gives %d (%s) and not %s\n", __FILE__, __LINE__, #call, (int)got_,              \
                    msgin5g_strerror(got_), #expected);                                                                \
            exit(EXIT_FAILURE);                                                                                        \
        }                                                                                                              \
    } while (0)

/** A line, keys and random numbers that do as they are told, and what came of it. */
typedef struct bench {
    msgin5g_client client;
    uint8_t memory[MSGIN5G_MEMORY_SIZE];
    msgin5g_transport transport;
    msgin5g_keys keys;
    msgin5g_random random;
    msgin5g_config config;
    msgin5g_subscriber subscriber;
    /** What connect(), send() and recv() return; in the place of a number, `len` if `whole`. */
    int32_t connect, send, recv;
    int send_whole;
    /** What the key source returns, and of what kind its key is. */
    int32_t key;
    uint32_t key_kind;
    /** What the generator returns, and a number that makes octets differ. */
    int32_t fill;
    uint32_t seed;
    /** Called from within each function of the caller, if any. */
    void (*from_within)(struct bench *bench);
    /** How often it was called. */
    unsigned within, connects, closes, events;
    /** The last event. */
    uint32_t kind;
    int32_t status, detail;
} bench;

/** A bench with a sound configuration; nothing is initialised yet. */
void bench_new(bench *bench);

/** Initialises the client, which has to go well. */
void bench_start(bench *bench);

#endif
