//! The C API of msgin5g. C sees `include/msgin5g.h`, which `cargo xtask header` makes out of this crate; the page to
//! read is `README.md`.
//!
//! Types and functions bear their C names, and their documentation is what stands in the header.
//!
//! # Why the unsafe code here is sound
//!
//! * A context lies in the caller's memory and is reached by raw pointers only: never is there a reference to all
//!   of it. Each of its parts is borrowed by itself, for the time of one call.
//! * A context is taken for one if its magic number stands in it, and that number depends on its address. It goes
//!   in last and comes off first.
//! * `busy` is set during each call, so a callback that calls back finds the door shut. Nothing is borrowed twice.
//! * What the configuration points to (texts, memory) belongs to the context until it is wiped: the header says so.
#![no_std]
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]
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
    clippy::undocumented_unsafe_blocks
)]
#![allow(non_camel_case_types, reason = "they are C's names")]
#![allow(
    clippy::missing_safety_doc,
    reason = "what a C caller has to keep stands in the header"
)]

mod akma;
mod arena;
mod at;
mod channel;
mod config;
mod conformance;
mod context;
#[cfg(feature = "dtls13")]
mod datagrams;
mod dispatch;
mod document;
mod event;
mod gateway;
#[cfg(feature = "msgin5g-5")]
mod gateway_flow;
#[cfg(feature = "msgin5g-5")]
mod gateway_step;
mod given;
mod lifecycle;
mod message;
// Where panics unwind, on a host with Rust's own standard library, there is a handler already.
#[cfg(all(feature = "panic-handler", panic = "abort", not(test)))]
mod panic;
mod port;
mod random;
mod requests;
mod sending;
mod sizes;
mod snapshot;
mod status;
mod stored;
mod tested;
mod words;

pub use akma::*;
pub use at::*;
pub use config::*;
pub use conformance::*;
pub use context::msgin5g_client;
pub use document::*;
pub use event::*;
pub use gateway::*;
pub use lifecycle::*;
pub use message::*;
pub use port::*;
pub use random::*;
pub use requests::*;
pub use sending::*;
pub use sizes::*;
pub use snapshot::*;
pub use status::*;
pub use stored::*;

#[cfg(not(any(feature = "tls13", feature = "embedded-tls")))]
compile_error!("a session is needed: feature tls13 or embedded-tls");
