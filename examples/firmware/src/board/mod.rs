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

/// Where no interrupt is used the vector table has one entry for them, and nobody calls it. Without
/// this cortex-m-rt keeps 1 kB of flash for 240.
// SAFETY: the symbol and the section that the linker script of cortex-m-rt asks for.
#[cfg(not(feature = "interrupts"))]
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [usize; 1] = [0];
