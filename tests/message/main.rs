//! MSGin5G messages and their JSON.

#[path = "../vectors/mod.rs"]
mod vectors;

mod message_vectors;
mod properties;
mod reading;
