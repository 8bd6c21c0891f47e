/* The peer of our probe of a session (examples/firmware/src/bin/probe_tls13.rs): opens one TLS 1.3 session with Mbed TLS
 * under the same key, echoes 33 and 256 octets, and reports the same figures by the same means.
 *
 * Board: Arm MPS2 with FPGA image AN386 as QEMU has it. UART 1 is the line, timer 0 counts instructions. */

#include "mbedtls/ssl.h"
#include "psa/crypto.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The board. */

#define REGISTER(address) (*(volatile uint32_t *) (address))
#define UART_DATA REGISTER(0x40005000)
#define UART_STATE REGISTER(0x40005004)
#define UART_CTRL REGISTER(0x40005008)
#define UART_BAUDDIV REGISTER(0x40005010)
#define TIMER_CTRL REGISTER(0x40000000)
#define TIMER_VALUE REGISTER(0x40000004)
#define TIMER_RELOAD REGISTER(0x40000008)
/* The timer runs at 25 MHz, and an instruction takes a nanosecond. */
#define INSTRUCTIONS_A_TICK 40

extern uint32_t bss_start, bss_end, data_start, data_end, data_load, stack_top;

static uint32_t ticks(void) { return ~TIMER_VALUE; }

/* The emulator's console (semihosting). */

static int semihosting(int operation, const void *parameters)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = parameters;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void leave(int code)
{
    const uint32_t block[2] = { 0x20026, (uint32_t) code }; /* ADP_Stopped_ApplicationExit */
    semihosting(0x20, block); /* SYS_EXIT_EXTENDED */
    for (;;) { }
}

static void figure(const char *key, uint32_t value)
{
    static int console;
    static const char name[] = ":tt";
    if (!console) {
        const uint32_t open[3] = { (uint32_t) name, 8, 3 }; /* "a" is the error output */
        console = semihosting(1, open);
    }
    char line[48];
    size_t at = strlen(key);
    memcpy(line, key, at);
    line[at++] = '=';
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char) ('0' + value % 10);
        value /= 10;
    } while (value);
    while (count) { line[at++] = digits[--count]; }
    line[at++] = '\n';
    const uint32_t write[3] = { (uint32_t) console, (uint32_t) line, at };
    semihosting(5, write);
}

/* The line gives a whole record or none, and what it does is not counted, as in record_line.rs: so a figure is that of
 * the session, and the same in each run. */

static uint32_t waited, octets;
static enum { QUIET, WANTED, COMING } state;

/* Of the header in five octets, those that came; octets after it that are still to come. */
static size_t header, rest;

static int line_send(void *context, const unsigned char *data, size_t length)
{
    (void) context;
    uint32_t since = ticks();
    for (size_t at = 0; at < length; at++) {
        while (UART_STATE & 1) { }
        UART_DATA = data[at];
    }
    octets += length;
    waited += ticks() - since;
    return (int) length;
}

/* One octet; nothing is coming any more after the last one of a record. */
static unsigned char line_octet(void)
{
    while (!(UART_STATE & 2)) { }
    unsigned char octet = (unsigned char) UART_DATA;
    if (header < 3) {
        header++;
    } else if (header < 5) {
        rest = rest << 8 | octet;
        header++;
    } else {
        rest--;
    }
    if (header == 5 && !rest) {
        header = 0;
        state = QUIET;
    }
    return octet;
}

static int line_recv(void *context, unsigned char *data, size_t length)
{
    (void) context;
    if (state != COMING) {
        state = WANTED;
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    uint32_t since = ticks();
    size_t count = 0;
    while (count < length && state == COMING) { data[count++] = line_octet(); }
    octets += count;
    waited += ticks() - since;
    return (int) count;
}

/* Waits for a record if one is wanted. */
static int again(int result)
{
    if (result != MBEDTLS_ERR_SSL_WANT_READ && result != MBEDTLS_ERR_SSL_WANT_WRITE) { return 0; }
    if (state == WANTED) {
        uint32_t since = ticks();
        while (!(UART_STATE & 2)) { }
        state = COMING;
        waited += ticks() - since;
    }
    return 1;
}

/* How deep the stack went: painted before, looked at after. */

#define PAINT 0xa5c35a3cu

static uint32_t *stack_end(void) { return &bss_end; }

static __attribute__((noinline)) void paint(void)
{
    uint32_t here;
    for (volatile uint32_t *at = stack_end(); at < &here - 64; at++) { *at = PAINT; }
}

static uint32_t high_water(void)
{
    volatile uint32_t *at = stack_end();
    while (at < &stack_top && *at == PAINT) { at++; }
    return (uint32_t) ((uintptr_t) &stack_top - (uintptr_t) at);
}

/* Numbers as predictable as those of our probe (SplitMix64): no secrecy at all. */

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
                                             uint8_t *output, size_t size, size_t *length)
{
    static uint64_t state = 0x6d7367696e356700u;
    (void) context;
    for (size_t at = 0; at < size; at++) {
        state += 0x9e3779b97f4a7c15u;
        uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        output[at] = (uint8_t) (z ^ (z >> 31));
    }
    *length = size;
    return PSA_SUCCESS;
}

static int random_octets(void *context, unsigned char *output, size_t size)
{
    size_t length;
    (void) context;
    return mbedtls_psa_external_get_random(NULL, output, size, &length);
}

/* The session. */

static const char identity[] =
    "3GPP-AKMA0.a7id5fA7hq0Qy8M1v4n2rK9w6Z3x5c7B0tY1uI2oP4s=@5gc.mnc001.mcc001.3gppnetwork.org-and-some-more";
static const char *const protocols[] = { "coap", NULL };
static const int suites[] = { MBEDTLS_TLS1_3_AES_128_GCM_SHA256, 0 };
#if defined(PEER_P256) || defined(PEER_P256_M)
static const uint16_t groups[] = { MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, 0 };
#else
static const uint16_t groups[] = { MBEDTLS_SSL_IANA_TLS_GROUP_X25519, 0 };
#endif

/* For newlib's malloc. More than it takes: what it took at most is reported. */
static unsigned char heap[48 * 1024] __attribute__((section(".heap"), aligned(8)));
static uint32_t used;

void *_sbrk(ptrdiff_t more)
{
    if ((ptrdiff_t) (sizeof heap - used) < more) { return (void *) -1; }
    void *place = heap + used;
    used += (uint32_t) more;
    return place;
}

static mbedtls_ssl_config config;
static mbedtls_ssl_context ssl;

static int echo(size_t length, const char *instructions, const char *count)
{
    unsigned char data[256], answer[256];
    memset(data, 'x', length);
    data[length - 1] = '\n';
    uint32_t began = ticks(), waited_before = waited, octets_before = octets;
    size_t done = 0;
    int result;
    while (done < length) {
        result = mbedtls_ssl_write(&ssl, data + done, length - done);
        if (result > 0) { done += (size_t) result; } else if (!again(result)) { return -1; }
    }
    for (done = 0; done < length;) {
        result = mbedtls_ssl_read(&ssl, answer, sizeof answer);
        if (result > 0) { done += (size_t) result; } else if (!again(result)) { return -1; }
    }
    figure(instructions, (ticks() - began - (waited - waited_before)) * INSTRUCTIONS_A_TICK);
    figure(count, octets - octets_before);
    return 0;
}

int main(void)
{
    static unsigned char key[32];
    memset(key, 0xa5, sizeof key);
    paint();
    TIMER_RELOAD = TIMER_VALUE = UINT32_MAX;
    TIMER_CTRL = 1;
    UART_BAUDDIV = 16;
    UART_CTRL = 3;

    uint32_t began = ticks();
    if (psa_crypto_init() != PSA_SUCCESS) { leave(2); }
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&ssl);
    if (mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT)) { leave(3); }
    mbedtls_ssl_conf_tls13_key_exchange_modes(&config, MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_EPHEMERAL);
    mbedtls_ssl_conf_rng(&config, random_octets, NULL);
    mbedtls_ssl_conf_ciphersuites(&config, suites);
    mbedtls_ssl_conf_groups(&config, groups);
    if (mbedtls_ssl_conf_psk(&config, key, sizeof key, (const unsigned char *) identity, sizeof identity - 1)) { leave(4); }
    if (mbedtls_ssl_conf_alpn_protocols(&config, (const char **) protocols)) { leave(5); }
    int result = mbedtls_ssl_setup(&ssl, &config);
    if (result) { figure("error", (uint32_t) -result); leave(6); }
    mbedtls_ssl_set_bio(&ssl, NULL, line_send, line_recv, NULL);
    while ((result = mbedtls_ssl_handshake(&ssl))) {
        if (!again(result)) { figure("error", (uint32_t) -result); leave(8); }
    }
    figure("handshake", (ticks() - began - waited) * INSTRUCTIONS_A_TICK);
    figure("handshake_octets", octets);
    if (echo(33, "echo_short", "echo_short_octets")) { leave(9); }
    if (echo(256, "echo_long", "echo_long_octets")) { leave(10); }

    figure("stack", high_water());
    figure("heap", used);
    mbedtls_ssl_close_notify(&ssl);
    leave(0);
}

/* Start-up. */

void reset(void)
{
    *(volatile uint32_t *) 0xe000ed88 |= 0xfu << 20; /* the floating point unit */
    for (uint32_t *from = &data_load, *to = &data_start; to < &data_end;) { *to++ = *from++; }
    for (uint32_t *at = &bss_start; at < &bss_end;) { *at++ = 0; }
    main();
}

static void fault(void) { leave(101); }

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void)) &stack_top, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault,
};
