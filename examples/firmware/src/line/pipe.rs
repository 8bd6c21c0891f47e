//! Without a modem: what goes into the UART comes out at the server.

use crate::clock::Clock;
use crate::uart::Uart;
use crate::ue::Problem;

/// Octets, as they are.
#[cfg(not(feature = "dtls13-x25519"))]
pub type Line = Uart;
/// Datagrams, each behind its length.
#[cfg(feature = "dtls13-x25519")]
pub type Line = crate::uart_datagrams::UartDatagrams;

/// Nobody.
pub struct Modem(());

/// Nothing is to be done.
pub fn connect(uart: Uart, _clock: Clock) -> Result<(Line, Modem), Problem> {
    #[cfg(feature = "dtls13-x25519")]
    let uart = crate::uart_datagrams::UartDatagrams::new(uart);
    Ok((uart, Modem(())))
}

impl Modem {
    /// Nothing is to be done.
    pub fn hang_up(&mut self, _clock: Clock) -> Result<(), Problem> {
        Ok(())
    }
}
