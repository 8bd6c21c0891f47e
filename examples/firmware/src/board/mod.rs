//! One module for each board: where its peripherals are and how fast it counts.
//!
//! To bring up another board, add a module with these constants, name it in `build.rs`
//! and, if it has no CMSDK peripherals, give it drivers of its own for `uart` and `clock`.

#[cfg(board = "mps2_an385")]
mod mps2_an385;
#[cfg(board = "mps2_an385")]
pub use mps2_an385::*;

#[cfg(board = "mps2_an386")]
mod mps2_an386;
#[cfg(board = "mps2_an386")]
pub use mps2_an386::*;

#[cfg(board = "mps2_an505")]
mod mps2_an505;
#[cfg(board = "mps2_an505")]
pub use mps2_an505::*;
