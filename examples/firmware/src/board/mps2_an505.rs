//! Arm MPS2+ with FPGA image AN505: Cortex-M33. All runs in the secure state, so the addresses are the secure aliases.

/// Name of the board, as QEMU calls the machine.
pub const NAME: &str = "mps2-an505";
/// Registers of the UART that the modem hangs on.
pub const UART1: usize = 0x5020_1000;
/// Registers of the timer that the clock reads.
pub const TIMER0: usize = 0x5000_0000;
/// Frequency of that timer in Hz.
pub const TIMER_HZ: u32 = 20_000_000;
