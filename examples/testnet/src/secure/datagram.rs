//! The seam for DTLS 1.3. The network has none of its own: whoever starts it may bring one, datagrams in, datagrams out.

use std::fmt;
use std::net::SocketAddr;

/// Finds K_AF by the PSK identity. `None`: the handshake is to be refused. On the server name, which the key depends on
/// too, the network looks by itself; it sees it in a ClientHello that is whole in its datagram.
pub type FindKey = Box<dyn FnMut(&[u8]) -> Option<[u8; 32]> + Send>;

/// A server for DTLS 1.3 with an external PSK.
pub trait DatagramSecurity: fmt::Debug + Send + Sync {
    /// The server's side of a new association; nothing has come from the peer yet.
    ///
    /// The error ends the attempt before it begins.
    fn accept(&self, association: Association) -> Result<Box<dyn DatagramChannel>, String>;
}

/// What a new association is told.
pub struct Association {
    /// Where the peer is: a cookie is good for this address only.
    pub peer: SocketAddr,
    /// By this Connection ID the peer is to address the server (RFC 9146), if it offers the extension.
    pub connection_id: Vec<u8>,
    /// May be asked more than once.
    pub find_key: FindKey,
}

/// One association. It does no I/O and has no clock: `now_ms` is that of the network, and never goes back.
pub trait DatagramChannel: Send {
    /// Takes one datagram, whatever it is.
    fn input(&mut self, now_ms: u64, datagram: &[u8]) -> Vec<DatagramProgress>;

    /// Does what is due: retransmission.
    fn tick(&mut self, now_ms: u64) -> Vec<DatagramProgress>;

    /// When [`tick`](Self::tick) has something to do.
    fn next_due(&self) -> Option<u64>;

    /// Protects one datagram.
    fn write(&mut self, now_ms: u64, datagram: &[u8]) -> Result<(), String>;

    /// Octets that [`write`](Self::write) takes at the most.
    fn max_write(&self) -> usize;

    /// Changes the server's key (KeyUpdate).
    fn update_keys(&mut self, now_ms: u64) -> Result<(), String>;

    /// Says close_notify.
    fn close(&mut self);

    /// Datagrams for the wire.
    fn take_output(&mut self) -> Vec<Vec<u8>>;
}

/// What a channel has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatagramProgress {
    /// The handshake is over: the peer has proved the key.
    Opened {
        /// The suite's name.
        cipher: Option<String>,
    },
    /// One datagram of the peer, authentic and new.
    Data(Vec<u8>),
    /// The peer said close_notify.
    Closed,
    /// The handshake was refused because the binder does not fit the key.
    WrongKey,
    /// The handshake or the association failed for another reason.
    Failed(String),
}

impl fmt::Debug for Association {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Association")
            .field("peer", &self.peer)
            .field("connection_id", &self.connection_id)
            .finish_non_exhaustive()
    }
}
