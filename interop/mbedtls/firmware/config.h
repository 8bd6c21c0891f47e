/* Mbed TLS with what the comparison needs and nothing else: a client, TLS 1.3, an external PSK with (EC)DHE over
 * X25519 or P-256, TLS_AES_128_GCM_SHA256. Buffers are those of our probe: 512 octets of data a record. */

#define MBEDTLS_PLATFORM_C
#define MBEDTLS_HAVE_ASM

/* The protocol. */
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_PROTO_TLS1_3
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE /* it must be defined with TLS 1.3, though there is none */
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_EPHEMERAL_ENABLED
#define MBEDTLS_SSL_ALPN
#define MBEDTLS_SSL_RECORD_SIZE_LIMIT
#define MBEDTLS_SSL_IN_CONTENT_LEN 512
#define MBEDTLS_SSL_OUT_CONTENT_LEN 512

/* The primitives, by PSA. */
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_USE_PSA_CRYPTO
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
#define MBEDTLS_PSA_KEY_SLOT_COUNT 8
#define MBEDTLS_CIPHER_C
#define MBEDTLS_MD_C

/* The tables of AES in flash: less RAM. */
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_AES_ONLY_128_BIT_KEY_LENGTH

#ifdef PEER_P256
/* The faster reduction for this curve. */
#define MBEDTLS_ECP_NIST_OPTIM
#endif
#ifdef PEER_P256_M
/* The small implementation of P-256 that comes with Mbed TLS, in the place of its own. */
#define MBEDTLS_PSA_P256M_DRIVER_ENABLED
#endif
