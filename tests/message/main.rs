//! MSGin5G messages and their JSON.

#[path = "../vectors/mod.rs"]
mod vectors;

mod known_answers;
mod properties;
mod reading;
