//! The AT modem: what manuals show, the emulator of the reference network, and every fault at every octet.
#![cfg(feature = "at")]

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
