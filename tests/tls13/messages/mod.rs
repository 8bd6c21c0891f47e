//! The crate's own TLS 1.3 core with a server that breaks the rules, but has the key.

mod afterwards;
mod hellos;
mod order;
mod records;

use crate::link::{recv_exact, wait};
use crate::server::*;
use crate::talk::*;
use core::task::Poll;
use msgin5g::session::tls13::crypto::{CipherSuite, NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{Config, Connection, TlsError};
use msgin5g::session::{Session, SessionError};
use proptest::prelude::*;

/// Stands for a HelloRetryRequest in a script.
const RETRY_REQUEST: u8 = 250;
