//! The SDK against the reference network, which shares no code with it.

mod ue;
#[path = "../support/who.rs"]
mod who;

mod datagram;
mod messaging;
mod session;
