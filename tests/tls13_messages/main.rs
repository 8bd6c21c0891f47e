//! The crate's own TLS 1.3 core with a server that breaks the rules, but has the key.
#![cfg(all(
    feature = "embedded-tls",
    feature = "tls13",
    feature = "gcm",
    feature = "chacha20",
    feature = "p256",
    feature = "x25519"
))]

#[path = "../support/tls.rs"]
mod backend;
#[path = "../support/tls13_server.rs"]
mod server;
#[path = "../support/tls13_talk.rs"]
mod talk;

mod afterwards;
mod hellos;
mod order;
mod records;

use backend::{recv_exact, wait};
use core::task::Poll;
use msgin5g::session::tls13::crypto::{CipherSuite, NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{Config, Connection, TlsError};
use msgin5g::session::{Session, SessionError};
use proptest::prelude::*;
use server::*;
use talk::*;

/// Stands for a HelloRetryRequest in a script.
const RETRY_REQUEST: u8 = 250;
