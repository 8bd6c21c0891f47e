/* What the SDK wants of this board: a way to the server and keys. Beside that, what these cost. */
#ifndef PORT_H
#define PORT_H

#include <msgin5g.h>

/* The modem behind the UART, connected to the server already. */
void port_transport(msgin5g_transport *transport);

/* Keys from the K_AUSF of the settings. A product asks its modem for A-KID and K_AF or K_AKMA. */
void port_keys(msgin5g_keys *keys);

/* The session is open: tells the console what keys and handshake cost, without the waiting for the line. */
void port_connected(void);

#endif
