//! MSGin5G-5: constrained UEs behind this one.
#![cfg(feature = "msgin5g-5")]

#[allow(dead_code, reason = "shared with the tests of the whole client")]
#[path = "../client/script.rs"]
mod script;
#[allow(dead_code, reason = "shared with the tests of the whole client")]
#[path = "../end_to_end/ue.rs"]
mod ue;
#[path = "../vectors/mod.rs"]
mod vectors;
#[path = "../support/who.rs"]
mod who;

mod codecs;
mod repeats;
mod role;
