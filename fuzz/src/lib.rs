//! What is done with arbitrary octets, and what must hold then. Each target is a function that
//! panics when something is wrong; libFuzzer calls it by way of `main.rs`, and `tests/corpus.rs` of
//! the crate calls it with the octets kept in `corpus/`. A new one is added to `TARGETS` and gets
//! a folder in `corpus/`.

mod akma;
#[cfg(feature = "at")]
mod at;
mod client;
mod coap;
mod configuration;
#[cfg(feature = "msgin5g-5")]
mod gateway;
mod message;
mod numbers;
#[cfg(all(feature = "dtls13", feature = "gcm", feature = "x25519"))]
mod session_dtls13;
#[cfg(feature = "embedded-tls")]
mod session_embedded_tls;
#[cfg(all(feature = "tls13", feature = "gcm", feature = "x25519"))]
mod session_tls13;
#[cfg(feature = "snapshot")]
mod snapshot;

pub use akma::akma;
#[cfg(feature = "at")]
pub use at::at;
pub use client::client;
pub use coap::{coap_datagram, coap_stream};
pub use configuration::configuration;
#[cfg(feature = "msgin5g-5")]
pub use gateway::{gateway, gateway_coap, gateway_l3};
pub use message::{message, responses, segment_ranges};
#[cfg(all(feature = "dtls13", feature = "gcm", feature = "x25519"))]
pub use session_dtls13::session_dtls13;
#[cfg(feature = "embedded-tls")]
pub use session_embedded_tls::session_embedded_tls;
#[cfg(all(feature = "tls13", feature = "gcm", feature = "x25519"))]
pub use session_tls13::session_tls13;
#[cfg(feature = "snapshot")]
pub use snapshot::snapshot;

/// A target by its name, which is also the name of its folder in `corpus/`.
pub type Target = (&'static str, fn(&[u8]));

/// All that are built.
pub const TARGETS: &[Target] = &[
    ("akma", akma),
    #[cfg(feature = "at")]
    ("at", at),
    ("client", client),
    ("coap_datagram", coap_datagram),
    ("coap_stream", coap_stream),
    ("configuration", configuration),
    #[cfg(feature = "msgin5g-5")]
    ("gateway", gateway),
    #[cfg(feature = "msgin5g-5")]
    ("gateway_coap", gateway_coap),
    #[cfg(feature = "msgin5g-5")]
    ("gateway_l3", gateway_l3),
    ("message", message),
    ("responses", responses),
    ("segment_ranges", segment_ranges),
    #[cfg(all(feature = "dtls13", feature = "gcm", feature = "x25519"))]
    ("session_dtls13", session_dtls13),
    #[cfg(feature = "embedded-tls")]
    ("session_embedded_tls", session_embedded_tls),
    #[cfg(all(feature = "tls13", feature = "gcm", feature = "x25519"))]
    ("session_tls13", session_tls13),
    #[cfg(feature = "snapshot")]
    ("snapshot", snapshot),
];
