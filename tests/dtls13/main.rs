//! The crate's DTLS 1.3 with a server that says whatever a test wants, but has the key. Tests with
//! a real server, wolfSSL, are in `interop/wolfssl`.
#![cfg(all(
    feature = "dtls13",
    feature = "gcm",
    feature = "p256",
    feature = "x25519"
))]

#[path = "../support/dtls13.rs"]
mod dtls;
#[path = "../support/tls13_server.rs"]
mod server;

mod finished;
mod handshake;
mod order;
mod resume;
