//! MSGin5G client for constrained 5G UEs: AKMA keys, a TLS-PSK session, CoAP, messages in JSON.
//!
//! No heap, no global state, no panic that a peer, a modem or a caller can reach, no clock and no
//! random numbers of its own. Every buffer is the caller's.
//!
//! # Rooms
//!
//! | module | what it does | knows |
//! | --- | --- | --- |
//! | [`akma`] | keys and identifiers, K_AUSF to K_AF | nothing else |
//! | [`transport`] | the two functions of a modem port | nothing else |
//! | [`session`] | a protected stream opened with K_AF | `akma`, `transport` |
//! | [`coap`] | CoAP messages and their framing | nothing else |
//! | [`message`] | MSGin5G messages and their JSON | nothing else |
//! | [`client`] | register, send, receive, report: a state machine without I/O | `coap`, `message` |
//! | `snapshot` | what survives sleep and reboot, sealed | `akma`, `client`, `session` |
//! | [`driver`] | moves octets between session and client | `session`, `client` |
//! | `gateway` | the messages of constrained UEs (feature `msgin5g-5`) | `client`, `coap`, `message` |
//! | `modem_keys` | AKMA keys by a vendor's AT command (feature `at`) | `akma`, `transport` |
//! | [`configuration`] | reads the UE configuration document | `client`, `message` |
//! | [`connection`] | keeps a client connected: keys, sessions, pauses | all above |
//!
//! # From key to message
//!
//! Where the keys come from is told in [`akma`], how a port is made in [`transport`]. With an open
//! session the client is driven like this:
//!
//! ```
//! use msgin5g::client::{Client, ClientMemory, Config, Event};
//! use msgin5g::driver;
//! use msgin5g::message::UeServiceId;
//! use msgin5g::session::{Session, SessionError};
//!
//! /// One turn of a superloop: never waits.
//! fn turn(
//!     session: &mut impl Session,
//!     client: &mut Client<'_>,
//!     now: u64,
//! ) -> Result<(), SessionError> {
//!     driver::exchange(session, client, now)?;
//!     while let Some(event) = client.poll_event(now) {
//!         if let Event::Message { msg, .. } = event {
//!             // msg.payload is for the application
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Features
//!
//! Each adds something and changes nothing else. All build alone.
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `tls13` | `session::tls13`: TLS 1.3 by a small core of our own, resumable after any octet; takes its primitives from the next five or from the chip | yes |
//! | `segmentation` | the client sends and takes long messages in segments | yes |
//! | `aggregation` | the client sends and takes several messages in one | yes |
//! | `topics` | the client subscribes to messaging topics | yes |
//! | `datagrams` | the client over datagrams: CoAP over UDP | yes |
//! | `dtls13` | `session::tls13::dtls`: DTLS 1.3 on the same handshake | |
//! | `gcm`, `ccm8`, `chacha20` | AEADs in software for `tls13` | `gcm` |
//! | `p256`, `x25519` | key exchange in software for `tls13` | both |
//! | `embedded-tls` | `session::embedded_tls`: TLS 1.3 by the crate embedded-tls | |
//! | `base64` | payloads of octets, as base64: a convention of this crate | |
//! | `snapshot` | `snapshot`: client, session and key generation sealed into octets for flash | |
//! | `psk-ke` | PSK without key exchange; the 3GPP profile forbids it | |
//! | `embedded-io` | `transport::IoTransport`: a port over the traits of that crate | |
//! | `at` | `transport::at`: sockets of modems behind a UART, by AT commands | |
//! | `std` | TCP and a clock on a host | |
//! | `insecure-key-log` | the secrets of a session, told to whoever asked in its configuration: `session::tls13::KeyLog` | |
//! | `insecure-plaintext` | CoAP without any protection, for a bench | |
//! | `stored-message-update` | an update of Rel-19 whose message type is not known yet | |
//! | `msgin5g-5` | `gateway`: constrained UEs behind this one; experimental | |
//! | `defmt` | `Format` on public types, one line at each change of state | |
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap
)]

#[cfg(any(feature = "std", test))]
extern crate std;

#[macro_use]
mod log;

pub mod akma;
pub mod client;
pub mod coap;
pub mod configuration;
pub mod connection;
pub mod driver;
#[cfg(feature = "msgin5g-5")]
pub mod gateway;
#[cfg(any(all(feature = "gcm", feature = "tls13"), feature = "snapshot"))]
mod gcm;
pub mod message;
#[cfg(feature = "at")]
pub mod modem_keys;
pub mod session;
#[cfg(feature = "snapshot")]
pub mod snapshot;
pub mod transport;

/// The traits of the caller's random number generator, in the generation that is used here.
pub use rand_core;

/// The code of README.md compiles.
#[cfg(all(doctest, feature = "tls13", feature = "gcm"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The code of docs/keys.md compiles.
#[cfg(doctest)]
#[doc = include_str!("../docs/keys.md")]
struct Keys;

/// The code of docs/buffers.md compiles.
#[cfg(doctest)]
#[doc = include_str!("../docs/buffers.md")]
struct Buffers;

/// The code of docs/wireshark.md compiles.
#[cfg(all(doctest, feature = "insecure-key-log"))]
#[doc = include_str!("../docs/wireshark.md")]
struct Wireshark;

/// The code of docs/porting.md compiles.
#[cfg(all(doctest, feature = "at"))]
#[doc = include_str!("../docs/porting.md")]
struct Porting;
