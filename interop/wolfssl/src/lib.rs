//! wolfSSL as a server for DTLS 1.3 with PSK: alone in a test's hand, and within the reference network.
//!
//! [`Server`] is one association whose datagrams and time are its owner's; [`WolfSsl`] brings such
//! servers to `msgin5g_testnet`. Apart from everything that users build or link: wolfSSL is GPL.

mod security;
mod server;

pub use security::WolfSsl;
pub use server::{Outcome, Server, Setup};

use std::ffi::{CStr, c_int};

/// The one key that a server without the reference network knows.
pub const KEY: [u8; 32] = [0xA5; 32];
/// The one name that it knows.
pub const IDENTITY: &CStr = c"3GPP-AKMA0.a7id5f@5gc.mnc001.mcc001.3gppnetwork.org";

/// The groups' numbers in TLS.
pub const P256: c_int = 23;
pub const X25519: c_int = 29;
