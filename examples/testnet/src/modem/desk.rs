//! A modem on the desk of a test: octet in, octet out, and no time of its own.

use std::io;

use super::device::Device;
use super::sockets::{Road, Sockets};
use super::{ModemAkma, ModemFaults, ModemKind};

/// The network behind a [`DeskModem`]. Sockets have numbers here that are never used again. What the
/// network brings comes by [`DeskModem::arrived`] and [`DeskModem::gone`].
pub trait Network {
    /// A socket is connected, for datagrams if `is_udp`.
    ///
    /// # Errors
    /// There is nobody.
    fn connect(&mut self, socket: u64, is_udp: bool) -> io::Result<()>;

    /// The modem sends octets, or one datagram; whether it could.
    fn send(&mut self, socket: u64, octets: &[u8]) -> bool;

    /// The modem has closed the socket.
    fn close(&mut self, socket: u64);
}

/// The modem of the [module](super), moved by the hands of a test.
pub struct DeskModem(Device);

impl DeskModem {
    /// A modem that has just been switched on. Of the faults, that of the wire is the test's own: `pieces_of`
    /// changes nothing here.
    #[must_use]
    pub fn new(kind: ModemKind, faults: ModemFaults, network: Box<dyn Network>) -> Self {
        let sockets = Sockets::new(Road::Desk(network), kind.sockets());
        Self(Device::new(kind, faults, sockets))
    }

    /// Octets that the modem hears on its UART.
    pub fn hear(&mut self, octets: &[u8]) {
        for octet in octets {
            self.0.hear(*octet);
        }
    }

    /// What the modem says on its UART, and has not said before.
    pub fn say(&mut self) -> Vec<u8> {
        self.0.say()
    }

    /// Takes its power away, and gives it back.
    pub fn restart(&mut self) {
        self.0.restart();
    }

    /// What becomes of its AKMA keys. It tells that there are new ones.
    pub fn set_akma(&mut self, akma: ModemAkma) {
        self.0.set_akma(akma);
    }

    /// Octets, or one datagram, have come for a socket.
    pub fn arrived(&mut self, socket: u64, octets: &[u8]) {
        self.0.arrived(socket, octets.to_vec());
    }

    /// The peer of a socket has closed.
    pub fn gone(&mut self, socket: u64) {
        self.0.gone(socket);
    }
}
