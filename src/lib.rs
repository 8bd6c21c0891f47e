//! MSGin5G client for constrained 5G UEs.
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
pub mod driver;
pub mod message;
pub mod session;
pub mod transport;
