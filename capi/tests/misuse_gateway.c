/** \file misuse_gateway.c  The gateway with NULL, zero, huge and wrong-state arguments, and with what cannot be read. */
#include "check.h"
#include "misuse.h"

static msgin5g_gateway gateway, copy;
static bench it;
static const msgin5g_link lock = {1, 0xa1b2c3}, nobody = {2, 0}, wide = {1, 0x1000000};

static msgin5g_gateway_config sound(void)
{
    msgin5g_gateway_config config;
    memset(&config, 0, sizeof config);
    config.size = sizeof config;
    config.ue_service_id = "meter-7@iot.example";
    return config;
}

static msgin5g_text words(const char *text)
{
    msgin5g_text it_is;
    it_is.data = text;
    it_is.len = strlen(text);
    return it_is;
}

static void making(void)
{
    static char endless[2048], long_segment[300];
    const char *path[9] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"}, *bad[1];
    msgin5g_gateway_config config;
    memset(endless, 'x', sizeof endless);
    memset(long_segment, 'x', sizeof long_segment - 1);
#define MAKES(expected, change)                                                                                        \
    do {                                                                                                               \
        config = sound();                                                                                              \
        change;                                                                                                        \
        STATUS(expected, msgin5g_gateway_init(&gateway, &config));                                                     \
    } while (0)
    config = sound();
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_init(NULL, &config));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_init(&gateway, NULL));
    MAKES(MSGIN5G_STATUS_INVALID_SIZE, config.size = 0);
    MAKES(MSGIN5G_STATUS_INVALID_SIZE, config.size = UINT32_MAX);
    MAKES(MSGIN5G_STATUS_INVALID_ARGUMENT, config.form = 2);
    MAKES(MSGIN5G_STATUS_INVALID_ARGUMENT, config.ue_service_id = NULL);
    MAKES(MSGIN5G_STATUS_INVALID_TEXT, config.ue_service_id = endless);
    MAKES(MSGIN5G_STATUS_INVALID_IDENTIFIER, config.ue_service_id = "");
    MAKES(MSGIN5G_STATUS_INVALID_CONFIG, (config.path = path, config.path_count = 9));
    MAKES(MSGIN5G_STATUS_INVALID_CONFIG, (config.path = path, config.path_count = UINT32_MAX));
    bad[0] = long_segment;
    MAKES(MSGIN5G_STATUS_INVALID_CONFIG, (config.path = bad, config.path_count = 1));
    bad[0] = NULL;
    MAKES(MSGIN5G_STATUS_INVALID_ARGUMENT, (config.path = bad, config.path_count = 1));
    MAKES(MSGIN5G_STATUS_OK, (config.path = path, config.path_count = 8));
}

static void all_say(int32_t expected, msgin5g_gateway *of)
{
    uint8_t octets[3] = {5, 0x12, 0x34};
    msgin5g_gateway_step step;
    msgin5g_received message;
    msgin5g_report report;
    msgin5g_message_id id;
    uint32_t ticket;
    memset(&step, 0, sizeof step);
    step.size = sizeof step;
    memset(&message, 0, sizeof message);
    memset(&report, 0, sizeof report);
    memset(&id, 7, sizeof id);
    STATUS(expected, msgin5g_gateway_from_ue(of, &it.client, &lock, octets, sizeof octets, 0, &step));
    STATUS(expected, msgin5g_gateway_message(of, &message, 0, &step));
    STATUS(expected, msgin5g_gateway_report(of, &report, 0, &step));
    STATUS(expected, msgin5g_gateway_failure(of, &id, "no", &step));
    STATUS(expected, msgin5g_gateway_forget(of, &lock));
    STATUS(expected, msgin5g_gateway_lapsed(of, 0, &ticket));
}

static void arguments(void)
{
    static char endless[2048];
    uint8_t octets[3] = {5, 0x12, 0x34}, out[300];
    msgin5g_gateway_step step, fresh;
    msgin5g_received message, whole;
    msgin5g_report report;
    msgin5g_message_id id;
    memset(endless, 'x', sizeof endless);
    memset(&id, 7, sizeof id);
    memset(&fresh, 0, sizeof fresh);
    fresh.size = sizeof fresh;
    fresh.out = out;
    fresh.out_size = sizeof out;
    memset(&whole, 0, sizeof whole);
    whole.size = sizeof whole;
    whole.originator = words("pump-3@iot.example");
    whole.recipient = words("meter-7@iot.example");
    whole.message_id = words("6ca0973d-ae51-47c4-ab36-de6c4d000000");
    whole.payload = words("on");
    memset(&report, 0, sizeof report);
    report.size = sizeof report;
    report.originator = words("pump-3@iot.example");

#define COMES(expected, link, from, len, change)                                                                       \
    do {                                                                                                               \
        step = fresh;                                                                                                  \
        change;                                                                                                        \
        STATUS(expected, msgin5g_gateway_from_ue(&gateway, &it.client, link, from, len, 0, &step));                    \
    } while (0)
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_from_ue(&gateway, NULL, &lock, octets, 3, 0, &fresh));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_from_ue(&gateway, &it.client, &lock, octets, 3, 0, NULL));
    COMES(MSGIN5G_STATUS_INVALID_ARGUMENT, NULL, octets, 3, (void)0);
    COMES(MSGIN5G_STATUS_INVALID_ARGUMENT, &nobody, octets, 3, (void)0);
    COMES(MSGIN5G_STATUS_INVALID_ARGUMENT, &wide, octets, 3, (void)0);
    COMES(MSGIN5G_STATUS_INVALID_ARGUMENT, &lock, NULL, 3, (void)0);
    COMES(MSGIN5G_STATUS_INVALID_ARGUMENT, &lock, octets, SIZE_MAX, (void)0);
    COMES(MSGIN5G_STATUS_INVALID_SIZE, &lock, octets, 3, step.size = 0);
    COMES(MSGIN5G_STATUS_INVALID_ARGUMENT, &lock, octets, 3, step.out = NULL);
    COMES(MSGIN5G_STATUS_NOT_TAKEN, &lock, NULL, 0, (void)0);
    CHECK(step.refusal == MSGIN5G_REFUSAL_UNREADABLE && step.kind == MSGIN5G_STEP_KIND_NONE && step.out_len == 0);
    COMES(MSGIN5G_STATUS_NOT_TAKEN, &lock, octets, 2, (void)0);

#define DELIVERS(expected, why, change)                                                                                \
    do {                                                                                                               \
        step = fresh;                                                                                                  \
        message = whole;                                                                                               \
        change;                                                                                                        \
        STATUS(expected, msgin5g_gateway_message(&gateway, &message, 0, &step));                                       \
        CHECK(step.refusal == (why) && step.out_len == 0);                                                             \
    } while (0)
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_message(&gateway, NULL, 0, &fresh));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_message(&gateway, &whole, 0, NULL));
    DELIVERS(MSGIN5G_STATUS_INVALID_SIZE, 0, message.size = 0);
    DELIVERS(MSGIN5G_STATUS_INVALID_ARGUMENT, 0, message.originator.data = NULL);
    DELIVERS(MSGIN5G_STATUS_INVALID_ARGUMENT, 0, message.originator_kind = MSGIN5G_ADDRESS_TOPIC);
    DELIVERS(MSGIN5G_STATUS_INVALID_ARGUMENT, 0, message.recipient_kind = 99);
    DELIVERS(MSGIN5G_STATUS_INVALID_ARGUMENT, 0, message.message_id.len = 0);
    DELIVERS(MSGIN5G_STATUS_TOO_LARGE, 0, message.payload.len = SIZE_MAX);
    DELIVERS(MSGIN5G_STATUS_INVALID_TEXT, 0, message.payload = words("\xff"));
    DELIVERS(MSGIN5G_STATUS_BUFFER_TOO_SMALL, 0, step.out_size = 5);
    DELIVERS(MSGIN5G_STATUS_NOT_TAKEN, MSGIN5G_REFUSAL_UNWRITABLE, message.payload.len = 0);
    DELIVERS(MSGIN5G_STATUS_NOT_TAKEN, MSGIN5G_REFUSAL_NO_APPLICATION, (void)0);

    step = fresh;
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_report(&gateway, NULL, 0, &step));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_report(&gateway, &report, 0, NULL));
    STATUS(MSGIN5G_STATUS_NOT_TAKEN, msgin5g_gateway_report(&gateway, &report, 0, &step));
    report.has_message_id = 1;
    STATUS(MSGIN5G_STATUS_NOT_TAKEN, msgin5g_gateway_report(&gateway, &report, 0, &step));
    CHECK(step.refusal == MSGIN5G_REFUSAL_UNKNOWN_MESSAGE);
    report.originator_kind = 99;
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_report(&gateway, &report, 0, &step));
    report.size = 1;
    STATUS(MSGIN5G_STATUS_INVALID_SIZE, msgin5g_gateway_report(&gateway, &report, 0, &step));

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_failure(&gateway, NULL, "no", &step));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_failure(&gateway, &id, NULL, &step));
    STATUS(MSGIN5G_STATUS_INVALID_TEXT, msgin5g_gateway_failure(&gateway, &id, endless, &step));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_failure(&gateway, &id, "no", NULL));
    STATUS(MSGIN5G_STATUS_NOT_TAKEN, msgin5g_gateway_failure(&gateway, &id, "no", &step));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_forget(&gateway, NULL));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_forget(&gateway, &nobody));
    STATUS(MSGIN5G_STATUS_OK, msgin5g_gateway_forget(&gateway, &lock));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_gateway_lapsed(&gateway, 0, NULL));
}

static int32_t asks_back(void *user, const msgin5g_link *link, uint32_t application_id)
{
    CHECK(link->is_layer2 == 1 && link->id == lock.id && application_id == 0x1234);
    /* Neither the gateway nor the client is to be had from within. */
    all_say(MSGIN5G_STATUS_IN_CALLBACK, &gateway);
    STATUS(MSGIN5G_STATUS_IN_CALLBACK, msgin5g_pending(&it.client));
    return *(int32_t *)user;
}

static void permission(void)
{
    uint8_t octets[3] = {5, 0x12, 0x34};
    msgin5g_gateway_config config = sound();
    msgin5g_gateway_step step;
    int32_t may;
    config.may_register = asks_back;
    config.user = &may;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_gateway_init(&gateway, &config));
    memset(&step, 0, sizeof step);
    step.size = sizeof step;
    may = 0;
    STATUS(MSGIN5G_STATUS_NOT_TAKEN, msgin5g_gateway_from_ue(&gateway, &it.client, &lock, octets, 3, 0, &step));
    CHECK(step.refusal == MSGIN5G_REFUSAL_NOT_REGISTERED);
    may = 1;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_gateway_from_ue(&gateway, &it.client, &lock, octets, 3, 0, &step));
    CHECK(step.kind == MSGIN5G_STEP_KIND_REGISTERED && step.application_id == 0x1234 && step.out_len == 0);
}

/* Over CoAP each request is answered. */
static void answers(void)
{
    static const struct {
        const char *request;
        size_t len;
        const char *reply;
        int32_t status;
    } exchanges[] = {
        {"\x41\x01\x12\x34T", 5, "\x61\x85\x12\x34T", MSGIN5G_STATUS_NOT_TAKEN},  /* GET: 4.05 */
        {"\x40\x02\x12\x35\xff{", 6, "\x60\x80\x12\x35", MSGIN5G_STATUS_NOT_TAKEN}, /* no JSON: 4.00 */
        {"\x40\x00\x12\x36", 4, "\x70\x00\x12\x36", MSGIN5G_STATUS_OK},             /* a ping: Reset */
        {"\x40\x44\x12\x37", 4, "\x60\x00\x12\x37", MSGIN5G_STATUS_OK},             /* an answer by itself */
        {"\x60\x44\x12\x38", 4, "", MSGIN5G_STATUS_OK},                             /* an answer */
        {"\x40\x02\x12\x39\xd1", 5, "\x70\x00\x12\x39", MSGIN5G_STATUS_NOT_TAKEN},  /* an option cut off: Reset */
        {"\x80\x02\x12\x3a", 4, "", MSGIN5G_STATUS_NOT_TAKEN},                      /* another version */
    };
    msgin5g_gateway_config config = sound();
    msgin5g_link other = {0, 7};
    msgin5g_gateway_step step;
    uint8_t request[16], out[12];
    size_t i, n;
    config.form = MSGIN5G_LOCAL_FORM_COAP;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_gateway_init(&gateway, &config));
    for (i = 0; i < sizeof exchanges / sizeof *exchanges; i++) {
        memcpy(request, exchanges[i].request, exchanges[i].len);
        memset(&step, 0, sizeof step);
        step.size = sizeof step;
        step.out = out;
        step.out_size = 11;
        STATUS(MSGIN5G_STATUS_BUFFER_TOO_SMALL,
               msgin5g_gateway_from_ue(&gateway, &it.client, &other, request, exchanges[i].len, 0, &step));
        step.out_size = sizeof out;
        STATUS(exchanges[i].status,
               msgin5g_gateway_from_ue(&gateway, &it.client, &other, request, exchanges[i].len, 0, &step));
        n = exchanges[i].reply[0] == 0 ? 0 : exchanges[i].len > 4 && i == 0 ? 5 : 4;
        CHECK(step.out_len == n && memcmp(out, exchanges[i].reply, n) == 0);
        CHECK(step.link.is_layer2 == 0 && step.link.id == 7);
    }
}

void misuse_gateway(void)
{
    static const int octets[] = {0x00, 0xff, 0xa5};
    size_t i;
    bench_new(&it);
    bench_start(&it);
    all_say(MSGIN5G_STATUS_INVALID_ARGUMENT, NULL);
    for (i = 0; i < sizeof octets / sizeof *octets; i++) {
        memset(&gateway, octets[i], sizeof gateway);
        all_say(MSGIN5G_STATUS_NOT_INITIALISED, &gateway);
    }
    making();
    memcpy(&copy, &gateway, sizeof copy);
    all_say(MSGIN5G_STATUS_NOT_INITIALISED, &copy);
    arguments();
    permission();
    answers();
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
}
