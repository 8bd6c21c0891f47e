/* A session of Mbed TLS, to be weighed: see board.h. */

#include "board.h"
#include "mbedtls/ssl.h"
#include "psa/crypto.h"

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
                                             uint8_t *output, size_t size, size_t *length)
{
    (void) context;
    random_octets(output, size);
    *length = size;
    return PSA_SUCCESS;
}

static int draw(void *context, unsigned char *output, size_t size)
{
    (void) context;
    random_octets(output, size);
    return 0;
}

static int out(void *context, const unsigned char *data, size_t length)
{
    (void) context;
    return (int) line_send(data, length);
}

static int in(void *context, unsigned char *data, size_t length)
{
    (void) context;
    size_t count = line_recv(data, length);
    return count ? (int) count : MBEDTLS_ERR_SSL_WANT_READ;
}

static const char *const protocols[] = { "coap", NULL };
static const int suites[] = { MBEDTLS_TLS1_3_AES_128_GCM_SHA256, 0 };
#if defined(PEER_P256) || defined(PEER_P256_M)
static const uint16_t groups[] = { MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, 0 };
#else
static const uint16_t groups[] = { MBEDTLS_SSL_IANA_TLS_GROUP_X25519, 0 };
#endif

static mbedtls_ssl_config config;
static mbedtls_ssl_context ssl;

/* "Not now" is 0. */
static int plain(int result)
{
    return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE ? 0 : result;
}

static int put(const unsigned char *data, size_t length) { return plain(mbedtls_ssl_write(&ssl, data, length)); }
static int get(unsigned char *data, size_t length) { return plain(mbedtls_ssl_read(&ssl, data, length)); }

int main(void)
{
    struct cost began = cost_now();
    if (psa_crypto_init() != PSA_SUCCESS) { return 2; }
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&ssl);
    if (mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT)) { return 3; }
    mbedtls_ssl_conf_tls13_key_exchange_modes(&config, MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_EPHEMERAL);
    mbedtls_ssl_conf_rng(&config, draw, NULL);
    mbedtls_ssl_conf_ciphersuites(&config, suites);
    mbedtls_ssl_conf_groups(&config, groups);
    size_t name = 0;
    while (identity[name]) { name++; }
    if (mbedtls_ssl_conf_psk(&config, key, sizeof key, (const unsigned char *) identity, name)) { return 4; }
    if (mbedtls_ssl_conf_alpn_protocols(&config, (const char **) protocols)) { return 5; }
    int result = mbedtls_ssl_setup(&ssl, &config);
    if (result) { figure("error", (uint32_t) -result); return 6; }
    mbedtls_ssl_set_bio(&ssl, NULL, out, in, NULL);
    while ((result = mbedtls_ssl_handshake(&ssl))) {
        if (plain(result)) { figure("error", (uint32_t) -result); return 8; }
        line_wait();
    }
    struct cost cost = cost_since(began);
    figure("handshake", cost.instructions);
    figure("handshake_octets", cost.octets);

    result = echo_and_report(put, get);
    mbedtls_ssl_close_notify(&ssl);
    return result;
}
