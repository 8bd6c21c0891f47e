//! The crate's own TLS 1.3, all that it can be built with; and sessions that go on after a reset.
#![cfg(all(
    feature = "embedded-tls",
    feature = "dtls13",
    feature = "gcm",
    feature = "ccm8",
    feature = "chacha20",
    feature = "p256",
    feature = "x25519",
    feature = "snapshot",
    feature = "std"
))]

#[path = "../support/dtls13.rs"]
mod dtls;
#[path = "../support/link.rs"]
mod link;
#[path = "../support/tls13_server.rs"]
mod server;
#[path = "../support/sleeper.rs"]
mod sleeper;
#[path = "../support/tls13_talk.rs"]
mod talk;
#[path = "../support/tls13.rs"]
mod tls13;
#[path = "../support/who.rs"]
mod who;

mod crypto;
mod limits;
mod messages;
mod openssl;
mod peers;
mod psk_ke;
mod snapshot;
