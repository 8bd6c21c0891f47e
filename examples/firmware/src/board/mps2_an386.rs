//! Arm MPS2 with FPGA image AN386: Cortex-M4F.

/// Name of the board, as QEMU calls the machine.
pub const NAME: &str = "mps2-an386";
/// Registers of the UART that the modem hangs on.
pub const UART1: usize = 0x4000_5000;
/// Registers of the timer that the clock reads.
pub const TIMER0: usize = 0x4000_0000;
/// Frequency of that timer in Hz.
pub const TIMER_HZ: u32 = 25_000_000;
/// Registers of the dual timer: a clock and an alarm for programs that sleep. It runs at [`TIMER_HZ`], too.
pub const DUAL_TIMER: usize = 0x4000_2000;
/// Number of the interrupt for an octet that has come.
pub const UART1_RX_IRQ: u16 = 2;
/// Number of the interrupt for an octet that has gone.
pub const UART1_TX_IRQ: u16 = 3;
/// Number of the dual timer's interrupt.
pub const DUAL_TIMER_IRQ: u16 = 10;
