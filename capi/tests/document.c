/** \file document.c  What a configuration document says, and a client that is configured by one. */
#include "check.h"

#define INSIDE(address, id, more)                                                                                      \
    "<?xml version=\"1.0\"?>\n<seal-UE-configuration xmlns:m5=\"urn:3gpp:ns:seal:MSGin5GUEConfig:1.0\">\n"             \
    "  <on-network>\n    <m5:MSGin5G-UE-Service-id> " id " </m5:MSGin5G-UE-Service-id>\n"                              \
    "    <m5:MSGin5G-Server-address>" address "</m5:MSGin5G-Server-address>" more "\n"                                 \
    "  </on-network>\n</seal-UE-configuration>\n"

static char text[2048];

static msgin5g_document read_from(const char *document, int32_t says)
{
    msgin5g_document found;
    memset(&found, 0xa5, sizeof found);
    found.size = sizeof found;
    CHECK(strlen(document) < sizeof text);
    memcpy(text, document, strlen(document));
    STATUS(says, msgin5g_read_document(text, strlen(document), &found));
    return found;
}

static void all_of_it(void)
{
    msgin5g_document found = read_from(
        INSIDE("coaps+tcp://MSG.Operator.example.:7000/msg%69n5g/a//v1", "meter&#45;7@iot.example",
               "<m5:Segment-size>512</m5:Segment-size>"),
        MSGIN5G_STATUS_OK);
    CHECK(found.scheme == MSGIN5G_SCHEME_COAPS_TCP && found.port == 7000 && found.fallback_port == 0);
    CHECK(strcmp(found.host, "msg.operator.example") == 0 && strcmp(found.server_name, "msg.operator.example") == 0);
    CHECK(strcmp(found.ue_service_id, "meter-7@iot.example") == 0 && found.segment_size == 512);
    CHECK(found.server_path_count == 4);
    CHECK(strcmp(found.server_path[0], "msgin5g") == 0 && strcmp(found.server_path[1], "a") == 0);
    CHECK(found.server_path[2][0] == 0 && strcmp(found.server_path[3], "v1") == 0 && found.server_path[4] == NULL);
    CHECK(found.error_element == MSGIN5G_ELEMENT_NONE && found.error_at == 0 && found.error_text[0] == 0);
}

static void schemes(void)
{
    msgin5g_document found = read_from(INSIDE("coaps://a.example", "meter-7@iot.example", ""), MSGIN5G_STATUS_OK);
    CHECK(found.scheme == MSGIN5G_SCHEME_COAPS && found.port == 65401 && found.fallback_port == 5684);
    CHECK(found.server_path_count == 0 && found.segment_size == 0);
    /* No key can be had for an address. */
    found = read_from(INSIDE("coap+tcp://[2001:db8::7]/m", "meter-7@iot.example", ""), MSGIN5G_STATUS_OK);
    CHECK(found.scheme == MSGIN5G_SCHEME_COAP_TCP && strcmp(found.host, "2001:db8::7") == 0);
    CHECK(found.server_name == NULL && strcmp(found.server_path[0], "m") == 0);
    found = read_from(INSIDE("<![CDATA[coap://192.0.2.1]]>", "meter-7@iot.example", ""), MSGIN5G_STATUS_OK);
    CHECK(found.scheme == MSGIN5G_SCHEME_COAP && strcmp(found.host, "192.0.2.1") == 0 && found.server_name == NULL);
    found = read_from(INSIDE("coap+ws://a.example", "meter-7@iot.example", ""), MSGIN5G_STATUS_OK);
    CHECK(found.scheme == MSGIN5G_SCHEME_COAP_WS);
    found = read_from(INSIDE("coaps+ws://a.example", "meter-7@iot.example", ""), MSGIN5G_STATUS_OK);
    CHECK(found.scheme == MSGIN5G_SCHEME_COAPS_WS);
}

static void refused(const char *document, uint32_t element, uint32_t at, const char *words)
{
    msgin5g_document found = read_from(document, MSGIN5G_STATUS_INVALID_DOCUMENT);
    if (found.error_element != element || found.error_at != at || strcmp(found.error_text, words) != 0) {
        fprintf(stderr, "element %u, octet %u: %s\n", (unsigned)found.error_element, (unsigned)found.error_at,
                found.error_text);
        exit(EXIT_FAILURE);
    }
    CHECK(found.host == NULL && found.server_name == NULL && found.ue_service_id == NULL);
    CHECK(found.server_path_count == 0 && found.server_path[0] == NULL);
}

static void errors(void)
{
    static const char id[] = "MSGin5G-UE-Service-id: expected 5 to 255 octets without spaces";
    refused("<a><b></c></a>", MSGIN5G_ELEMENT_NONE, 10, "expected the end tag of the open element");
    refused("<!DOCTYPE a><a/>", MSGIN5G_ELEMENT_NONE, 0, "a document type is not taken");
    refused("<a/>", MSGIN5G_ELEMENT_SERVER_ADDRESS, 0, "MSGin5G-Server-address: missing inside on-network");
    refused(INSIDE("coaps://a.example", "a b", ""), MSGIN5G_ELEMENT_UE_SERVICE_ID, 0, id);
    refused(INSIDE("coaps://a.example", "\xff\xfe\xfd\xfc\xfb", ""), MSGIN5G_ELEMENT_UE_SERVICE_ID, 0,
            "MSGin5G-UE-Service-id: expected UTF-8");
    refused(INSIDE("coaps://a.example", "<b/>", ""), MSGIN5G_ELEMENT_UE_SERVICE_ID, 0,
            "MSGin5G-UE-Service-id: expected text only");
    refused(INSIDE("coaps://a.example", "meter-7@iot.example", "<Segment-size>0</Segment-size>"),
            MSGIN5G_ELEMENT_SEGMENT_SIZE, 0, "Segment-size: expected 1 to 65535");
    refused(INSIDE("coaps://a.example", "meter-7@iot.example",
                   "<MSGin5G-Server-address>coaps://a.example</MSGin5G-Server-address>"),
            MSGIN5G_ELEMENT_SERVER_ADDRESS, 0, "MSGin5G-Server-address: it stands twice");
    refused(INSIDE("http://a.example", "meter-7@iot.example", ""), MSGIN5G_ELEMENT_SERVER_ADDRESS, 0,
            "MSGin5G-Server-address: expected coap://, coaps:// or one of their forms");
    refused(INSIDE("coaps://a.example:0", "meter-7@iot.example", ""), MSGIN5G_ELEMENT_SERVER_ADDRESS, 0,
            "MSGin5G-Server-address: expected a port from 1 to 65535");
    refused(INSIDE("coaps://a.example/..", "meter-7@iot.example", ""), MSGIN5G_ELEMENT_SERVER_ADDRESS, 0,
            "MSGin5G-Server-address: a path segment that is not UTF-8, or is . or ..");
}

/* What is read goes into a configuration as it is. */
static void a_client(void)
{
    static bench it;
    msgin5g_document found =
        read_from(INSIDE("coaps+tcp://msgin5g.example.com/m/v1", "meter-7@iot.example", ""), MSGIN5G_STATUS_OK);
    bench_new(&it);
    it.config.ue_service_id = found.ue_service_id;
    it.config.server_name = found.server_name;
    it.config.server_path = found.server_path;
    it.config.server_path_count = found.server_path_count;
    it.config.segment_size = found.segment_size;
    bench_start(&it);
    /* The key source is asked for that name. */
    CHECK(msgin5g_poll(&it.client, 1) > 0 && it.connects == 1);
    STATUS(MSGIN5G_STATUS_OK, msgin5g_wipe(&it.client));
    CHECK(found.ue_service_id[0] == 'm'); /* the document is not the client's */
}

int main(void)
{
    all_of_it();
    schemes();
    errors();
    a_client();
    puts("document: ok");
    return EXIT_SUCCESS;
}
