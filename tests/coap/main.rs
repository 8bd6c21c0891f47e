//! CoAP: messages, their framing, and the message layer for datagrams.

#[path = "../vectors/mod.rs"]
mod vectors;

mod coap;
mod reliable;
