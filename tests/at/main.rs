//! The AT modem: what manuals show, the emulator of the reference network, and every fault at every octet.
#![cfg(feature = "at")]

#[cfg(all(feature = "embedded-tls", feature = "std"))]
#[path = "../../examples/support/conformance_peer.rs"]
mod conformance_peer;
#[cfg(all(feature = "embedded-tls", feature = "std"))]
#[allow(dead_code, reason = "shared with the tests over TCP")]
#[path = "../end_to_end/ue.rs"]
mod ue;
#[cfg(all(feature = "embedded-tls", feature = "std"))]
#[path = "../support/who.rs"]
mod who;

mod answers;
mod dialects;
#[cfg(all(feature = "embedded-tls", feature = "std"))]
mod emulator;
#[cfg(feature = "std")]
mod keys;
#[cfg(feature = "std")]
mod matrix;
#[cfg(feature = "std")]
mod world;
