//! The connection manager, from key to message.

#[cfg(all(feature = "dtls13", feature = "gcm", feature = "x25519"))]
#[path = "../support/dtls13.rs"]
mod dtls;
#[cfg(all(feature = "dtls13", feature = "gcm", feature = "x25519"))]
#[path = "../support/tls13_server.rs"]
mod server;
#[cfg(all(
    feature = "dtls13",
    feature = "gcm",
    feature = "x25519",
    feature = "snapshot"
))]
#[path = "../support/sleeper.rs"]
mod sleeper;

#[cfg(all(feature = "dtls13", feature = "gcm", feature = "x25519"))]
mod datagrams;
mod hostile;
#[cfg(all(
    feature = "embedded-tls",
    feature = "tls13",
    feature = "gcm",
    feature = "p256"
))]
mod network;
