//! The modem of these tests: its keys, and sockets that it can lose.

use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;

use msgin5g::akma::{AfId, AkmaContext, AkmaKeySource, KausfSource, KeySourceError};
use msgin5g::connection::Modem;
use msgin5g::transport::{DatagramTransport, TransportError, UdpTransport};
use msgin5g_testnet::TestNet;

use crate::ue::socket;

/// A socket that the modem can lose.
pub struct Line {
    pub socket: UdpTransport,
    /// Which socket of the modem's is good.
    pub good: Rc<Cell<u32>>,
    pub number: u32,
}

impl Line {
    fn check(&self) -> Result<(), TransportError> {
        match self.good.get() == self.number {
            true => Ok(()),
            false => Err(TransportError::Failed(107)),
        }
    }
}

impl DatagramTransport for Line {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        self.check()?;
        self.socket.send(datagram)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.check()?;
        self.socket.recv(buf)
    }
}

pub struct Phone<'n> {
    pub network: &'n TestNet,
    pub keys: KausfSource<'static>,
    pub asked: u32,
    pub good: Rc<Cell<u32>>,
    pub dialled: u32,
    /// So many attempts to dial fail.
    pub failures: u32,
}

impl AkmaKeySource for Phone<'_> {
    fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        self.asked += 1;
        self.keys.request(af_id)
    }

    fn generation(&self) -> u32 {
        self.keys.generation()
    }
}

impl Modem for Phone<'_> {
    type Transport = Line;

    fn dial(&mut self) -> Poll<Result<Line, TransportError>> {
        if self.failures > 0 {
            self.failures -= 1;
            return Poll::Ready(Err(TransportError::Failed(101)));
        }
        self.dialled += 1;
        self.good.set(self.dialled);
        Poll::Ready(Ok(Line {
            socket: socket(self.network),
            good: self.good.clone(),
            number: self.dialled,
        }))
    }
}
