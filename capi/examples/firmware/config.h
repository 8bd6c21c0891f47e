/* Who this UE is and whom it talks to: the same as the Rust firmware's `config.rs`, from which `cargo xtask`
 * tells the reference network. A product has these in its SIM, its modem and its settings. */
#ifndef CONFIG_H
#define CONFIG_H

/* Host name of the MSGin5G Server: SNI of the session and FQDN of the AF_ID. */
#define SERVER_NAME "msgin5g.example.com"
/* Subscription permanent identifier of this UE, its home network's codes, the Routing Indicator of its SIM. */
#define SUPI "001010000000001"
#define MCC "001"
#define MNC "01"
#define ROUTING_INDICATOR "0"
/* UE Service ID of this UE, of the UE that it writes to, and what it writes. */
#define UE_SERVICE_ID "meter-17@example.com"
#define PEER_SERVICE_ID "display-3@example.com"
#define TEXT "reading 4711 kWh"
/* What the last primary authentication left in the UE and in the AUSF. A product gets it from its modem. */
#define KAUSF                                                                                                  \
    {                                                                                                          \
        0x7a, 0x11, 0x5d, 0x3c, 0x90, 0x4e, 0xb2, 0x68, 0x0f, 0xd3, 0x27, 0xa6, 0x51, 0xc8, 0x9b, 0x34, 0xe0,  \
            0x45, 0x8e, 0x12, 0xbc, 0x77, 0x03, 0xfa, 0x6d, 0x29, 0x94, 0xc1, 0x5f, 0xe8, 0x36, 0x0b           \
    }

#endif
