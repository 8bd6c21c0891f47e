/** \file misuse_document.c  Reading a configuration document with NULL, zero and huge arguments, and what is none. */
#include "check.h"
#include "misuse.h"

static const char WHOLE[] = "<seal-UE-configuration><on-network>"
                            "<MSGin5G-Server-address>coaps+tcp://a.example</MSGin5G-Server-address>"
                            "<MSGin5G-UE-Service-id>meter-7@iot.example</MSGin5G-UE-Service-id>"
                            "</on-network></seal-UE-configuration>";

void misuse_document(void)
{
    static char text[0x10001];
    static struct {
        msgin5g_document known;
        uint32_t more;
    } newer;
    msgin5g_document found;
    size_t len, at;
    memset(&found, 0xa5, sizeof found);
    found.size = sizeof found;
    memset(text, ' ', sizeof text);

    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_read_document(NULL, 4, &found));
    STATUS(MSGIN5G_STATUS_INVALID_ARGUMENT, msgin5g_read_document(text, 4, NULL));
    STATUS(MSGIN5G_STATUS_TOO_LARGE, msgin5g_read_document(text, sizeof text, &found));
    STATUS(MSGIN5G_STATUS_TOO_LARGE, msgin5g_read_document(text, SIZE_MAX, &found));
    CHECK(found.port == 0xa5a5a5a5u); /* untouched by all of these */
    STATUS(MSGIN5G_STATUS_INVALID_DOCUMENT, msgin5g_read_document(text, sizeof text - 2, &found));
    STATUS(MSGIN5G_STATUS_INVALID_DOCUMENT, msgin5g_read_document(text, 0, &found));
    STATUS(MSGIN5G_STATUS_INVALID_DOCUMENT, msgin5g_read_document(NULL, 0, &found));
    CHECK(found.host == NULL && found.server_name == NULL && found.ue_service_id == NULL && found.port == 0);
    found.size = 0;
    STATUS(MSGIN5G_STATUS_INVALID_SIZE, msgin5g_read_document(text, 4, &found));
    found.size = UINT32_MAX;
    STATUS(MSGIN5G_STATUS_INVALID_SIZE, msgin5g_read_document(text, 4, &found));
    found.size = sizeof found;

    memcpy(text, WHOLE, sizeof WHOLE - 1);
    newer.known.size = sizeof newer;
    STATUS(MSGIN5G_STATUS_OK, msgin5g_read_document(text, sizeof WHOLE - 1, &newer.known));
    CHECK(newer.known.size == sizeof newer && strcmp(newer.known.host, "a.example") == 0);
    newer.more = 1;
    STATUS(MSGIN5G_STATUS_NOT_BUILT, msgin5g_read_document(text, sizeof WHOLE - 1, &newer.known));

    /* Cut anywhere, and with any octet another one: nothing is read or written outside of it. */
    for (len = 0; len < sizeof WHOLE - 1; len++) {
        char *cut = (char *)malloc(len + 1);
        CHECK(cut != NULL);
        memcpy(cut, WHOLE, len);
        STATUS(MSGIN5G_STATUS_INVALID_DOCUMENT, msgin5g_read_document(cut, len, &found));
        CHECK(found.error_text[0] != 0 && memchr(found.error_text, 0, sizeof found.error_text) != NULL);
        free(cut);
    }
    for (at = 0; at < sizeof WHOLE - 1; at++) {
        static const char others[] = {0, '<', '>', '&', '/', ':', '.', ' ', '\xff'};
        for (len = 0; len < sizeof others; len++) {
            char *changed = (char *)malloc(sizeof WHOLE - 1);
            msgin5g_status status;
            CHECK(changed != NULL);
            memcpy(changed, WHOLE, sizeof WHOLE - 1);
            changed[at] = others[len];
            status = msgin5g_read_document(changed, sizeof WHOLE - 1, &found);
            CHECK(status == MSGIN5G_STATUS_OK || status == MSGIN5G_STATUS_INVALID_DOCUMENT);
            if (status == MSGIN5G_STATUS_OK) {
                CHECK(strlen(found.host) > 0 && strlen(found.ue_service_id) >= 5 && found.server_path_count <= 8);
            }
            free(changed);
        }
    }
}
