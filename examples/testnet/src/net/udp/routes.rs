//! Whose datagram it is.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::server::PeerId;

/// First octets of DTLS 1.3 (RFC 9147 section 4): a ciphertext, and in it the flag of a Connection ID.
const CIPHERTEXT: u8 = 0b0010_0000;
const CIPHERTEXT_MASK: u8 = 0b1110_0000;
const HAS_CONNECTION_ID: u8 = 0b0001_0000;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const RECORD_HEADER: usize = 13;

/// Which peer is where.
#[derive(Default)]
pub struct Routes {
    by_address: HashMap<SocketAddr, PeerId>,
    /// Those that began anew from an address whose association is open, until they are open themselves.
    candidates: HashMap<SocketAddr, PeerId>,
}

/// The server's Connection ID for a peer. Its length is the same for all: a record does not tell it.
pub fn connection_id(peer: PeerId) -> [u8; 4] {
    (peer.0 as u32).to_be_bytes()
}

impl Routes {
    pub fn at(&self, address: SocketAddr) -> Option<PeerId> {
        self.by_address.get(&address).copied()
    }

    /// A peer that was not there before; behind one that is, until it [proves](Self::prove) its key.
    pub fn add(&mut self, address: SocketAddr, peer: PeerId) {
        let places = match self.by_address.contains_key(&address) {
            true => &mut self.candidates,
            false => &mut self.by_address,
        };
        places.insert(address, peer);
    }

    /// The peer has the key, so the address is its own. Gives the one that was there before.
    pub fn prove(&mut self, address: SocketAddr, peer: PeerId) -> Option<PeerId> {
        self.candidates.retain(|_, id| *id != peer);
        let before = self.by_address.insert(address, peer);
        before.filter(|before| *before != peer)
    }

    /// The peer is at another address now.
    pub fn relocate(&mut self, address: SocketAddr, peer: PeerId) {
        self.by_address.retain(|_, id| *id != peer);
        self.by_address.insert(address, peer);
    }

    pub fn remove(&mut self, peer: PeerId) {
        self.by_address.retain(|_, id| *id != peer);
        self.candidates.retain(|_, id| *id != peer);
    }

    /// The peers whose protected or unprotected datagram it may be.
    pub fn of_dtls(&self, address: SocketAddr, datagram: &[u8]) -> Vec<PeerId> {
        if let Some(peer) = addressed(datagram) {
            return vec![peer];
        }
        let here = self.by_address.get(&address).copied();
        let candidate = self.candidates.get(&address).copied();
        match is_ciphertext(datagram) {
            // Only the one that has the key of the record takes it.
            true => here.into_iter().chain(candidate).collect(),
            false => candidate.or(here).into_iter().collect(),
        }
    }

    /// Whether this ClientHello may be that of a new association, though another one is open there.
    pub fn may_begin(&self, address: SocketAddr, datagram: &[u8]) -> bool {
        begins(datagram) && !self.candidates.contains_key(&address)
    }
}

/// The peer that is named by the Connection ID.
fn addressed(datagram: &[u8]) -> Option<PeerId> {
    let (first, rest) = datagram.split_first()?;
    let flagged = is_ciphertext(datagram) && first & HAS_CONNECTION_ID != 0;
    let id = rest.first_chunk().filter(|_| flagged)?;
    Some(PeerId(u64::from(u32::from_be_bytes(*id))))
}

fn is_ciphertext(datagram: &[u8]) -> bool {
    datagram
        .first()
        .is_some_and(|first| first & CIPHERTEXT_MASK == CIPHERTEXT)
}

/// The beginning of the first ClientHello of a handshake, unprotected.
fn begins(datagram: &[u8]) -> bool {
    let Some((record, message)) = datagram.split_at_checked(RECORD_HEADER) else {
        return false;
    };
    let is_first = |message: &[u8]| {
        let (number, offset) = (message.get(4..6), message.get(6..9));
        number == Some(&[0; 2]) && offset == Some(&[0; 3])
    };
    record[0] == HANDSHAKE
        && record[3..5] == [0; 2]
        && message.first() == Some(&CLIENT_HELLO)
        && is_first(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(message: u8) -> Vec<u8> {
        let mut octets = vec![22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40];
        octets.extend([1, 0, 0, 28, 0, message, 0, 0, 0, 0, 0, 28]);
        octets.resize(RECORD_HEADER + 40, 0);
        octets
    }

    #[test]
    fn a_datagram_finds_its_peer_by_connection_id_and_by_address() {
        let (a, b) = (
            SocketAddr::from(([127, 0, 0, 1], 1)),
            SocketAddr::from(([127, 0, 0, 1], 2)),
        );
        let mut routes = Routes::default();
        routes.add(a, PeerId(16));
        let named = [0x3f, 0, 0, 0, 16, 9, 9];
        assert_eq!(routes.of_dtls(b, &named), [PeerId(16)]);
        assert_eq!(routes.of_dtls(a, &[0x2f, 9, 9]), [PeerId(16)]);
        assert!(routes.of_dtls(b, &[0x2f, 9, 9]).is_empty());

        assert!(routes.may_begin(a, &hello(0)) && !routes.may_begin(a, &hello(1)));
        routes.add(a, PeerId(17));
        assert!(!routes.may_begin(a, &hello(0)), "one at a time");
        assert_eq!(routes.of_dtls(a, &hello(1)), [PeerId(17)]);
        assert_eq!(routes.of_dtls(a, &[0x2f]), [PeerId(16), PeerId(17)]);
        assert_eq!(routes.prove(a, PeerId(17)), Some(PeerId(16)));
        assert_eq!(routes.of_dtls(a, &[0x2f]), [PeerId(17)]);

        routes.relocate(b, PeerId(17));
        assert_eq!((routes.at(a), routes.at(b)), (None, Some(PeerId(17))));
    }
}
