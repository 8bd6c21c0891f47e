//! The connection manager, from key to message.

mod hostile;
#[cfg(all(
    feature = "embedded-tls",
    feature = "tls13",
    feature = "gcm",
    feature = "p256"
))]
mod network;
