/**
 * \file panics.c
 * What a program does where the library would panic: built with OWN it has a function of its own, else the default.
 */
#include <stdio.h>
#include <stdlib.h>

#include "msgin5g.h"

#ifdef OWN
void msgin5g_on_panic(void)
{
    puts("the program's own");
    (void)fflush(stdout);
    _Exit(7);
}
#endif

int main(void)
{
    /* What panics is linked. */
    static msgin5g_client client;
    if (msgin5g_poll(&client, 0) != MSGIN5G_STATUS_NOT_INITIALISED) {
        return EXIT_FAILURE;
    }
    msgin5g_on_panic();
    return EXIT_SUCCESS;
}
