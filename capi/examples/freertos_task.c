/* A task of FreeRTOS that owns the client. Other tasks hand it readings through a queue; the modem's interrupt and the
 * queue wake it; between, it sleeps until the time that msgin5g_poll() returned. All memory is static.
 *
 * The kernel is not in this repository. The suite compiles this file against the declarations in `freertos_stub/`,
 * which are no part of a product; it is not run. */
#include "FreeRTOS.h"
#include "queue.h"
#include "task.h"

#include <msgin5g.h>
#include <string.h>

#define SERVER_NAME "msgin5g.example.com"
#define UE_SERVICE_ID "meter-17@example.com"
#define PEER_SERVICE_ID "display-3@example.com"

/* In words of the stack. The handshake goes deepest: see the table in README.md, and leave room for interrupts. */
#define STACK_WORDS 3072
#define PRIORITY 2
#define READINGS 8

/* What the rest of the firmware provides: the driver of the modem, and the chip's generator. */
int32_t modem_connect(void *user);
int32_t modem_send(void *user, const uint8_t *data, size_t len);
int32_t modem_recv(void *user, uint8_t *buffer, size_t len);
void modem_close(void *user);
int32_t modem_akma_key(void *user, const char *server_name, const uint8_t *ua_star_id, msgin5g_key *key);
int32_t chip_random(void *user, uint8_t *out, size_t len);

/* What it offers the rest of the firmware. */
void telemetry_start(void);
int telemetry_send(const char *text);
void telemetry_on_octets_from_isr(void);

struct reading {
    char text[64];
};

/* Only the task touches the client: that is all there is to say about locks. */
static msgin5g_client client;
static uint8_t memory[MSGIN5G_MEMORY_SIZE];

static TaskHandle_t task;
static StaticTask_t task_memory;
static StackType_t stack[STACK_WORDS];
static QueueHandle_t queue;
static StaticQueue_t queue_memory;
static uint8_t queue_items[READINGS * sizeof(struct reading)];

/* Milliseconds: the kernel's ticks turn over, this does not. Asked more often than once in a turn, as the task sleeps
 * for an hour at the most. */
static uint64_t now_ms(void)
{
    static TickType_t last;
    static uint64_t ticks;
    TickType_t now = xTaskGetTickCount();
    ticks += (TickType_t)(now - last);
    last = now;
    return ticks * 1000u / configTICK_RATE_HZ;
}

static TickType_t ticks_until(int64_t at, uint64_t now)
{
    const uint64_t most = 3600000u;
    uint64_t ms = (uint64_t)at > now ? (uint64_t)at - now : 0;
    if (ms > most)
        ms = most;
    /* Rounded up: too early would be a turn for nothing. */
    return (TickType_t)((ms * configTICK_RATE_HZ + 999u) / 1000u);
}

/* From any task. 1: it will be sent; 0: too many wait already. */
int telemetry_send(const char *text)
{
    struct reading reading;
    memset(&reading, 0, sizeof reading);
    strncpy(reading.text, text, sizeof reading.text - 1u);
    if (xQueueSend(queue, &reading, 0) != pdTRUE)
        return 0;
    xTaskNotifyGive(task);
    return 1;
}

/* From the interrupt of the modem's UART. */
void telemetry_on_octets_from_isr(void)
{
    BaseType_t woken = pdFALSE;
    vTaskNotifyGiveFromISR(task, &woken);
    portYIELD_FROM_ISR(woken);
}

static void on_event(void *user, const msgin5g_event *event)
{
    (void)user;
    if (event->kind == MSGIN5G_EVENT_KIND_KEY_REFUSED) {
        /* Only a new primary authentication helps: have the modem register in 5GS anew. */
    }
}

static void on_message(void *user, const msgin5g_received *message)
{
    (void)user;
    (void)message; /* Valid during this call: copy what is kept. Functions of the client may not be called here. */
}

static msgin5g_status begin(void)
{
    const msgin5g_transport transport = {
        .size = sizeof transport,
        .connect = modem_connect,
        .send = modem_send,
        .recv = modem_recv,
        .close = modem_close,
    };
    const msgin5g_keys keys = {.size = sizeof keys, .request = modem_akma_key};
    const msgin5g_random random = {.size = sizeof random, .fill = chip_random};
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
        .on_message = on_message,
    };
    msgin5g_status status = msgin5g_init(&client, &config);
    return status == MSGIN5G_STATUS_OK ? msgin5g_register(&client) : status;
}

/* Gives the client what waits in the queue. What does not fit now stays there. */
static void take_readings(void)
{
    struct reading reading;
    while (xQueuePeek(queue, &reading, 0) == pdTRUE) {
        const msgin5g_message message = {
            .size = sizeof message,
            .recipient = PEER_SERVICE_ID,
            .payload = reading.text,
            .payload_len = strlen(reading.text),
            .flags = MSGIN5G_MAY_STORE,
        };
        msgin5g_status status = msgin5g_send(&client, &message, NULL);
        if (status == MSGIN5G_STATUS_OUTBOX_FULL || status == MSGIN5G_STATUS_OUTBOX_TOO_SMALL)
            return; /* after the next event there is room again */
        (void)xQueueReceive(queue, &reading, 0);
    }
}

static void run(void *unused)
{
    (void)unused;
    configASSERT(begin() == MSGIN5G_STATUS_OK);
    for (;;) {
        uint64_t now = now_ms();
        int64_t next;
        take_readings();
        next = msgin5g_poll(&client, now);
        configASSERT(next >= 0);
        (void)ulTaskNotifyTake(pdTRUE, ticks_until(next, now));
    }
}

void telemetry_start(void)
{
    queue = xQueueCreateStatic(READINGS, sizeof(struct reading), queue_items, &queue_memory);
    task = xTaskCreateStatic(run, "msgin5g", STACK_WORDS, NULL, PRIORITY, stack, &task_memory);
}
