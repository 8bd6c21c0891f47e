/* A session of wolfSSL, to be weighed: see board.h. Apart from everything that users build or link: wolfSSL is GPL. */

#include "board.h"
#include <string.h>
#include <wolfssl/ssl.h>

int peer_random(unsigned char *output, unsigned int size)
{
    random_octets(output, size);
    return 0;
}

static int out(WOLFSSL *ssl, char *data, int length, void *context)
{
    (void) ssl, (void) context;
    return (int) line_send((const unsigned char *) data, (size_t) length);
}

static int in(WOLFSSL *ssl, char *data, int length, void *context)
{
    (void) ssl, (void) context;
    size_t count = line_recv((unsigned char *) data, (size_t) length);
    return count ? (int) count : WOLFSSL_CBIO_ERR_WANT_READ;
}

static unsigned int psk(WOLFSSL *ssl, const char *hint, char *name, unsigned int name_size, unsigned char *secret,
                        unsigned int secret_size, const char **suite)
{
    (void) ssl, (void) hint;
    if (strlen(identity) >= name_size || sizeof key > secret_size) { return 0; }
    strcpy(name, identity);
    memcpy(secret, key, sizeof key);
    *suite = "TLS13-AES128-GCM-SHA256";
    return sizeof key;
}

static WOLFSSL *ssl;

/* "Not now" is 0. */
static int plain(int result)
{
    if (result > 0) { return result; }
    int error = wolfSSL_get_error(ssl, result);
    return error == WOLFSSL_ERROR_WANT_READ || error == WOLFSSL_ERROR_WANT_WRITE ? 0 : error;
}

static int put(const unsigned char *data, size_t length) { return plain(wolfSSL_write(ssl, data, (int) length)); }
static int get(unsigned char *data, size_t length) { return plain(wolfSSL_read(ssl, data, (int) length)); }

int main(void)
{
#if defined(PEER_P256)
    int group = WOLFSSL_ECC_SECP256R1;
#else
    int group = WOLFSSL_ECC_X25519;
#endif
    struct cost began = cost_now();
    if (wolfSSL_Init() != WOLFSSL_SUCCESS) { return 2; }
    WOLFSSL_CTX *context = wolfSSL_CTX_new(wolfTLSv1_3_client_method());
    if (!context) { return 3; }
    wolfSSL_CTX_set_psk_client_tls13_callback(context, psk);
    wolfSSL_CTX_SetIOSend(context, out);
    wolfSSL_CTX_SetIORecv(context, in);
    if (wolfSSL_CTX_UseMaxFragment(context, WOLFSSL_MFL_2_9) != WOLFSSL_SUCCESS) { return 4; }
    ssl = wolfSSL_new(context);
    if (!ssl) { return 5; }
    char protocol[] = "coap";
    if (wolfSSL_UseALPN(ssl, protocol, 4, WOLFSSL_ALPN_FAILED_ON_MISMATCH) != WOLFSSL_SUCCESS) { return 6; }
    if (wolfSSL_UseKeyShare(ssl, (unsigned short) group) != WOLFSSL_SUCCESS) { return 7; }
    int result;
    while ((result = wolfSSL_connect(ssl)) != WOLFSSL_SUCCESS) {
        int error = plain(result);
        if (error) { figure("error", (uint32_t) -error); return 8; }
        line_wait();
    }
    struct cost cost = cost_since(began);
    figure("handshake", cost.instructions);
    figure("handshake_octets", cost.octets);

    result = echo_and_report(put, get);
    wolfSSL_shutdown(ssl);
    return result;
}
