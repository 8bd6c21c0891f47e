//! Sessions of both TLS backends with a real server (OpenSSL), and with peers that mean harm.
#![cfg(all(
    feature = "embedded-tls",
    feature = "tls13",
    feature = "gcm",
    feature = "p256",
    feature = "x25519",
    feature = "insecure-plaintext"
))]

#[macro_use]
#[path = "../support/backend.rs"]
mod backend;
#[path = "../support/forge.rs"]
mod forge;
#[path = "../support/link.rs"]
mod link;
#[path = "../support/tls13_server.rs"]
mod server;
#[path = "../support/tls13_talk.rs"]
mod talk;

mod attacks;
mod clock;
mod data;
mod fence;
mod hostile_peer;
mod memory;
mod open;
mod plaintext;
mod refused;
mod server_hello;
