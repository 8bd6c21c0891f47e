//! Who this UE is and whom it talks to. A product has these in its SIM, its modem and its settings.
//!
//! `xtask` reads this file too, to tell the reference network the same.

/// Host name of the MSGin5G Server: SNI of the session and FQDN of the AF_ID.
pub const SERVER_NAME: &str = "msgin5g.example.com";
/// Subscription permanent identifier of this UE.
pub const SUPI: &str = "001010000000001";
/// Its home network: mobile country code.
pub const MCC: &str = "001";
/// Its home network: mobile network code.
pub const MNC: &str = "01";
/// Routing Indicator of its SIM.
pub const ROUTING_INDICATOR: &str = "0";
/// What the last primary authentication left in the UE and in the AUSF. A product gets it from its modem.
pub const KAUSF: [u8; 32] = [
    0x7a, 0x11, 0x5d, 0x3c, 0x90, 0x4e, 0xb2, 0x68, 0x0f, 0xd3, 0x27, 0xa6, 0x51, 0xc8, 0x9b, 0x34,
    0xe0, 0x45, 0x8e, 0x12, 0xbc, 0x77, 0x03, 0xfa, 0x6d, 0x29, 0x94, 0xc1, 0x5f, 0xe8, 0x36, 0x0b,
];
/// UE Service ID of this UE.
pub const UE_SERVICE_ID: &str = "meter-17@example.com";
/// UE Service ID of the UE that it writes to.
pub const PEER_SERVICE_ID: &str = "display-3@example.com";
/// What it writes.
pub const TEXT: &str = "reading 4711 kWh";
