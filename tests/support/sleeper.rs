//! What a device has for its snapshots: a secret, and a counter that only grows.
#![allow(dead_code, reason = "each program uses a part")]

use msgin5g::message::UeServiceId;
use msgin5g::snapshot::{MonotonicCounter, SealingKey};

pub const SECRET: [u8; 32] = [0x5e; 32];

/// A counter in fuses.
#[derive(Debug, Default, Clone, Copy)]
pub struct Fuses {
    pub value: u64,
    /// It can be read and not advanced.
    pub stuck: bool,
}

impl Fuses {
    pub fn at(value: u64) -> Self {
        Self {
            value,
            stuck: false,
        }
    }
}

impl MonotonicCounter for Fuses {
    fn value(&mut self) -> Option<u64> {
        Some(self.value)
    }

    fn advance(&mut self) -> Option<u64> {
        if self.stuck {
            return None;
        }
        self.value += 1;
        Some(self.value)
    }
}

pub fn key(ue: &str) -> SealingKey<'_> {
    SealingKey::new(&SECRET, UeServiceId::new(ue).unwrap()).unwrap()
}
