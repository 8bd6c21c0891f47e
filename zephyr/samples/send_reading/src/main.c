/* Registers with an MSGin5G Server and sends one reading.
 *
 * It is not run in this repository: Zephyr is not here. What it is made of is compiled against declarations alone,
 * which stand in zephyr/stub and are no part of a build with Zephyr. */
#include <errno.h>
#include <fcntl.h>
#include <msgin5g.h>
#include <string.h>
#include <zephyr/kernel.h>
#include <zephyr/net/socket.h>
#include <zephyr/random/random.h>

/* Where the server is, who we are, whom we write to. */
#define SERVER_NAME "msgin5g.example.com"
#define SERVER_ADDRESS "192.0.2.1"
#define SERVER_PORT 5684
#define UE_SERVICE_ID "meter-17@example.com"
#define PEER_SERVICE_ID "display-3@example.com"

static msgin5g_client client;
static uint8_t memory[MSGIN5G_MEMORY_SIZE];

/* The transport: one socket, none of whose calls waits. */
struct line {
    int socket;
};

static int32_t line_connect(void *user)
{
    struct line *line = user;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(SERVER_PORT)};

    if (line->socket < 0) {
        line->socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        if (line->socket < 0)
            return MSGIN5G_STATUS_CLOSED;
        zsock_fcntl(line->socket, F_SETFL, O_NONBLOCK);
    }
    zsock_inet_pton(AF_INET, SERVER_ADDRESS, &server.sin_addr);
    if (zsock_connect(line->socket, (struct sockaddr *)&server, sizeof server) == 0 || errno == EISCONN)
        return 1;
    return errno == EINPROGRESS || errno == EALREADY ? 0 : MSGIN5G_STATUS_CLOSED;
}

static int32_t line_send(void *user, const uint8_t *data, size_t len)
{
    struct line *line = user;
    ssize_t taken = zsock_send(line->socket, data, len, 0);

    if (taken >= 0)
        return (int32_t)taken;
    return errno == EAGAIN ? 0 : MSGIN5G_STATUS_CLOSED;
}

static int32_t line_recv(void *user, uint8_t *buffer, size_t len)
{
    struct line *line = user;
    ssize_t got = zsock_recv(line->socket, buffer, len, 0);

    if (got > 0)
        return (int32_t)got;
    /* A socket says 0 for the end, and the library means "nothing now" by it. */
    return got < 0 && errno == EAGAIN ? 0 : MSGIN5G_STATUS_CLOSED;
}

static void line_close(void *user)
{
    struct line *line = user;

    if (line->socket >= 0)
        zsock_close(line->socket);
    line->socket = -1;
}

/* The modem's part: A-KID and K_AKMA of the last primary authentication. How a modem is asked is its maker's. */
static int32_t request(void *user, const char *server_name, const uint8_t *ua_star_id, msgin5g_key *key)
{
    (void)user;
    (void)server_name;
    (void)ua_star_id;
    (void)key;
    return MSGIN5G_STATUS_NO_KAUSF;
}

static int32_t fill(void *user, uint8_t *out, size_t len)
{
    (void)user;
    return sys_csrand_get(out, len);
}

static void on_event(void *user, const msgin5g_event *event)
{
    (void)user;
    printk("event %u: %s\n", (unsigned)event->kind, msgin5g_strerror(event->status));
}

static int begin(void)
{
    static struct line line = {.socket = -1};
    const msgin5g_transport transport = {
        .size = sizeof transport,
        .user = &line,
        .connect = line_connect,
        .send = line_send,
        .recv = line_recv,
        .close = line_close,
    };
    const msgin5g_keys keys = {.size = sizeof keys, .request = request};
    const msgin5g_random random = {.size = sizeof random, .fill = fill};
    const msgin5g_config config = {
        .size = sizeof config,
        .ue_service_id = UE_SERVICE_ID,
        .server_name = SERVER_NAME,
        .memory = memory,
        .memory_size = sizeof memory,
        .transport = &transport,
        .keys = &keys,
        .random = &random,
        .on_event = on_event,
    };
    const char *text = "4711.3 kWh";
    const msgin5g_message reading = {
        .size = sizeof reading,
        .recipient = PEER_SERVICE_ID,
        .payload = text,
        .payload_len = strlen(text),
    };
    int status = msgin5g_init(&client, &config);

    if (status == MSGIN5G_STATUS_OK)
        status = msgin5g_register(&client);
    if (status == MSGIN5G_STATUS_OK)
        status = msgin5g_send(&client, &reading, NULL);
    return status;
}

int main(void)
{
    int status = begin();

    if (status != MSGIN5G_STATUS_OK) {
        printk("%s\n", msgin5g_strerror(status));
        return 0;
    }
    for (;;) {
        int64_t next = msgin5g_poll(&client, (uint64_t)k_uptime_get());
        int64_t pause = next - k_uptime_get();

        if (next < 0) {
            printk("%s\n", msgin5g_strerror((int32_t)next));
            return 0;
        }
        /* Until octets come a product waits for its socket, by zsock_poll(). */
        k_msleep((int32_t)(pause < 0 ? 0 : pause < 20 ? pause : 20));
    }
}
