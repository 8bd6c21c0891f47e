//! The UE configuration document.

#[path = "../vectors/mod.rs"]
mod vectors;

mod configuration;
