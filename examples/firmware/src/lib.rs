//! What the firmware stands on: the board, its UART and clock, a console and the means of measuring.
//!
//! The application is `main.rs`; the small programs in `bin/` exist to be weighed by `cargo xtask size`.
//! On a host this library is empty, so that the workspace builds everywhere.
#![no_std]

#[cfg(target_os = "none")]
pub mod board;
#[cfg(target_os = "none")]
pub mod clock;
pub mod config;
#[cfg(target_os = "none")]
pub mod console;
#[cfg(target_os = "none")]
pub mod rng;
#[cfg(target_os = "none")]
pub mod stack;
#[cfg(target_os = "none")]
pub mod uart;
