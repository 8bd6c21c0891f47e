/* wolfSSL with what the comparison needs and nothing else: a client, TLS 1.3, an external PSK with (EC)DHE over X25519
 * or P-256, TLS_AES_128_GCM_SHA256. */

/* No operating system. */
#define SINGLE_THREADED
#define NO_FILESYSTEM
#define NO_WRITEV
#define NO_MAIN_DRIVER
#define NO_DEV_RANDOM
#define NO_ERROR_STRINGS
#define NO_SESSION_CACHE
#define WOLFSSL_USER_IO
#define WOLFSSL_NO_SOCK
#define WOLFSSL_GENERAL_ALIGNMENT 4
#define SIZEOF_LONG_LONG 8

/* The protocol. */
#define WOLFSSL_TLS13
#define WOLFSSL_NO_TLS12
#define NO_OLD_TLS
#define NO_WOLFSSL_SERVER
#define NO_CERTS
#define HAVE_TLS_EXTENSIONS
#define HAVE_SUPPORTED_CURVES
#define HAVE_MAX_FRAGMENT
#define HAVE_ALPN
#define WOLFSSL_SMALL_STACK

/* The primitives. */
#define HAVE_HKDF
#define HAVE_AESGCM
#define NO_AES_CBC
#define NO_AES_192
#define NO_AES_256
#define NO_MD5
#define NO_SHA
#define NO_DES3
#define NO_DSA
#define NO_RSA
#define NO_DH
#define NO_RC4
#define NO_PWDBASED
#define NO_ASN
#define WC_NO_HASHDRBG
#define CUSTOM_RAND_GENERATE_BLOCK peer_random
extern int peer_random(unsigned char *output, unsigned int size);

#ifdef PEER_P256
/* In assembly for Cortex-M with the DSP extension. */
#define HAVE_ECC
#define ECC_USER_CURVES
#define WOLFSSL_SP_MATH
#define WOLFSSL_HAVE_SP_ECC
#define WOLFSSL_SP_ARM_CORTEX_M_ASM
#define WOLFSSL_SP_SMALL
#define WOLFSSL_SP_NO_384
#else
#define HAVE_CURVE25519
#endif

#ifdef PEER_X25519_SMALL
/* The smallest of each. */
#define CURVE25519_SMALL
#define GCM_SMALL
#define WOLFSSL_AES_SMALL_TABLES
#define USE_SLOW_SHA256
#else
#define GCM_TABLE_4BIT
#endif
