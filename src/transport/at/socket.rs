use core::task::Poll;

use super::{Dialect, Modem};
use crate::transport::{DatagramTransport, StreamTransport, TransportError};

/// The open socket of a modem as a stream, by [`Modem::stream`].
pub struct Stream<'m, U, C, D, const RX: usize, const TX: usize>(
    pub(super) &'m mut Modem<U, C, D, RX, TX>,
);

/// The open socket of a modem as a way for datagrams, by [`Modem::datagrams`].
pub struct Datagrams<'m, U, C, D, const RX: usize, const TX: usize>(
    pub(super) &'m mut Modem<U, C, D, RX, TX>,
);

impl<U, C, D, const RX: usize, const TX: usize> StreamTransport for Stream<'_, U, C, D, RX, TX>
where
    U: StreamTransport,
    C: FnMut() -> u64,
    D: Dialect,
{
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        self.0.take(data)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.0.give(buf)
    }
}

impl<U, C, D, const RX: usize, const TX: usize> DatagramTransport for Datagrams<'_, U, C, D, RX, TX>
where
    U: StreamTransport,
    C: FnMut() -> u64,
    D: Dialect,
{
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        self.0.take_datagram(datagram)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.0.give_datagram(buf)
    }
}
