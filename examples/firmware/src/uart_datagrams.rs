//! Datagrams over the UART: each goes behind its length in two octets, most significant first.
//!
//! It stands for what a modem's socket commands do (an AT command with a length, then that many octets). The other
//! end is `cargo xtask`, which carries them to and from a UDP socket.

use crate::meter;
use crate::uart::Uart;
use core::task::Poll;
use msgin5g::transport::{DatagramTransport, StreamTransport, TransportError};

/// The UART, a datagram at a time. Once one has begun, the rest of it is waited for, which takes no longer than the line:
/// a product has a receive buffer that an interrupt fills, and hands over whole ones.
pub struct UartDatagrams(Uart);

impl UartDatagrams {
    /// Over a UART that is switched on.
    pub const fn new(uart: Uart) -> Self {
        Self(uart)
    }

    fn put(&mut self, mut octets: &[u8]) -> Result<(), TransportError> {
        while !octets.is_empty() {
            match self.0.send(octets)? {
                Poll::Ready(n) => octets = octets.get(n..).unwrap_or_default(),
                Poll::Pending => meter::idle(),
            }
        }
        Ok(())
    }

    fn fill(&mut self, mut place: &mut [u8]) -> Result<(), TransportError> {
        while !place.is_empty() {
            match self.0.recv(place)? {
                Poll::Ready(n) => place = place.get_mut(n..).unwrap_or_default(),
                Poll::Pending => meter::idle(),
            }
        }
        Ok(())
    }
}

impl DatagramTransport for UartDatagrams {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        // A datagram that is longer than any is lost.
        let Ok(len) = u16::try_from(datagram.len()) else {
            return Poll::Ready(Ok(()));
        };
        self.put(&len.to_be_bytes())?;
        Poll::Ready(self.put(datagram))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let mut len = [0; 2];
        let [high, _] = &mut len;
        match self.0.recv(core::slice::from_mut(high))? {
            Poll::Ready(1) => {}
            _ => return Poll::Pending,
        }
        let [_, low] = &mut len;
        self.fill(core::slice::from_mut(low))?;
        let len = usize::from(u16::from_be_bytes(len));
        let kept = len.min(buf.len());
        self.fill(buf.get_mut(..kept).unwrap_or_default())?;
        for _ in kept..len {
            self.fill(&mut [0])?;
        }
        Poll::Ready(Ok(kept))
    }
}
