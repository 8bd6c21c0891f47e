//! Transports, and the conformance test of ports.
#![cfg(feature = "std")]

#[path = "../../examples/support/conformance_peer.rs"]
mod conformance_peer;

mod conformance;
#[cfg(feature = "embedded-io")]
mod io;
mod tcp;
