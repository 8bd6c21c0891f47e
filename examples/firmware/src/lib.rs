//! What the firmware stands on: the board, its UART and clock, a console and the means of measuring.
//!
//! The application is `main.rs`; the small programs in `bin/` exist to be weighed by `cargo xtask size`.
//! On a host this library holds the settings only, so that the workspace builds everywhere.
#![no_std]

#[cfg(target_os = "none")]
#[macro_use]
mod log;

pub mod config;

#[cfg(all(
    target_os = "none",
    any(
        feature = "embedded-tls",
        feature = "tls13-p256",
        feature = "tls13-x25519"
    )
))]
pub mod app;
#[cfg(target_os = "none")]
pub mod board;
#[cfg(target_os = "none")]
pub mod channel;
#[cfg(target_os = "none")]
pub mod clock;
#[cfg(target_os = "none")]
pub mod console;
#[cfg(all(target_os = "none", feature = "snapshot"))]
pub mod flash;
#[cfg(all(target_os = "none", feature = "interrupts"))]
pub mod interrupts;
#[cfg(target_os = "none")]
pub mod keys;
#[cfg(target_os = "none")]
pub mod line;
#[cfg(target_os = "none")]
pub mod memory;
#[cfg(target_os = "none")]
pub mod meter;
#[cfg(target_os = "none")]
pub mod once;
#[cfg(target_os = "none")]
pub mod probe;
#[cfg(target_os = "none")]
pub mod ram;
#[cfg(target_os = "none")]
pub mod record_line;
#[cfg(target_os = "none")]
pub mod rng;
#[cfg(all(
    target_os = "none",
    any(
        feature = "embedded-tls",
        feature = "tls13-p256",
        feature = "tls13-x25519"
    )
))]
pub mod secure;
#[cfg(target_os = "none")]
pub mod stack;
#[cfg(target_os = "none")]
pub mod steps;
#[cfg(all(
    target_os = "none",
    feature = "interrupts",
    feature = "tls13-x25519",
    feature = "whole"
))]
pub mod superloop;
#[cfg(target_os = "none")]
pub mod uart;
#[cfg(all(target_os = "none", feature = "dtls13-x25519"))]
pub mod uart_datagrams;
#[cfg(target_os = "none")]
pub mod ue;
