/* Says which version is linked. It has to be that of the header. */
#include <msgin5g.h>
#include <stdio.h>

int main(void)
{
    uint32_t version = msgin5g_version();
    printf("msgin5g %u.%u.%u\n", (unsigned)(version >> 16), (unsigned)(version >> 8 & 0xffu),
           (unsigned)(version & 0xffu));
    return version == MSGIN5G_VERSION ? 0 : 1;
}
