//! Records of DTLS 1.3 (RFC 9147 section 4).

use super::super::alert::Alert;
use super::super::crypto::{CipherSuite, Crypto, RecordNumberKey};
use super::super::error::TlsError;
use super::super::key_schedule::expand_label;
use super::super::protocol::Protocol;
use super::super::record::{TrafficKey, inner_content};
use super::window::Window;
use core::ops::Range;

/// Octets before the content of a record in clear.
pub(super) const PLAIN_HEADER_LEN: usize = 13;
/// Octets before the content of a protected record of this client, without Connection ID: the
/// first octet and two of the record number. The length is left out: it is the datagram's.
pub(super) const HEADER_LEN: usize = 3;
/// Octets of ciphertext that a record has at least, for its number to be hidden.
const SAMPLE_LEN: usize = 16;

/// Bits of the first octet of a protected record: `001CSLEE`.
pub(super) mod bits {
    pub(crate) const FIXED: u8 = 0b0010_0000;
    pub(crate) const FIXED_MASK: u8 = 0b1110_0000;
    pub(crate) const CONNECTION_ID: u8 = 0b0001_0000;
    pub(crate) const LONG_NUMBER: u8 = 0b0000_1000;
    pub(crate) const LENGTH: u8 = 0b0000_0100;
    pub(crate) const EPOCH: u8 = 0b0000_0011;
}

/// The keys of one epoch for one direction.
pub(super) struct Epoch<C: Crypto> {
    pub(super) number: u64,
    key: TrafficKey<C>,
    hider: C::RecordNumberKey,
    tag_len: usize,
}

impl<C: Crypto> Epoch<C> {
    pub(super) fn new(
        suite: CipherSuite,
        number: u64,
        secret: &[u8; 32],
    ) -> Result<Self, TlsError> {
        let len = suite.key_len();
        let len_octet = u8::try_from(len).unwrap_or(u8::MAX);
        let sn = expand_label::<C>(Protocol::Dtls, secret, b"sn", &[], len_octet);
        let hider = sn
            .get(..len)
            .and_then(|sn| C::RecordNumberKey::new(suite, sn));
        Ok(Self {
            number,
            key: TrafficKey::new(Protocol::Dtls, suite, secret)?,
            hider: hider.ok_or(TlsError::Unsupported)?,
            tag_len: suite.tag_len(),
        })
    }

    /// Records sent so far.
    pub(super) fn records(&self) -> u64 {
        self.key.number()
    }

    /// Goes on where another life of the same key has stopped.
    pub(super) fn skip_to(&mut self, record: u64) {
        self.key.skip_to(record);
    }

    /// Octets around the content of a record to a peer with this Connection ID.
    pub(super) fn overhead(&self, connection_id: &[u8]) -> usize {
        connection_id
            .len()
            .saturating_add(HEADER_LEN + 1)
            .saturating_add(self.tag_len)
    }

    /// Makes a record of the content that stands in `record` behind the header's place, and
    /// gives its number and length.
    pub(super) fn seal(
        &mut self,
        kind: u8,
        content_len: usize,
        connection_id: &[u8],
        record: &mut [u8],
    ) -> Result<(u64, usize), TlsError> {
        let header_len = connection_id.len().saturating_add(HEADER_LEN);
        // Short content is padded, so that there is a sample to hide the number with.
        let least = SAMPLE_LEN.saturating_sub(self.tag_len);
        let text_len = content_len.saturating_add(1).max(least);
        let needed = header_len
            .saturating_add(text_len)
            .saturating_add(self.tag_len);
        let too_small = TlsError::too_small(needed);
        let record = record.get_mut(..needed).ok_or(too_small)?;
        let (header, body) = record.split_at_mut_checked(header_len).ok_or(too_small)?;
        let (text, tag) = body.split_at_mut_checked(text_len).ok_or(too_small)?;

        let number = self.key.next_number()?;
        let [.., high, low] = number.to_be_bytes();
        let [.., epoch] = self.number.to_be_bytes();
        let with_id = if connection_id.is_empty() {
            0
        } else {
            bits::CONNECTION_ID
        };
        let first = bits::FIXED | bits::LONG_NUMBER | with_id | (epoch & bits::EPOCH);
        let octets = core::iter::once(&first).chain(connection_id);
        for (to, from) in header.iter_mut().zip(octets.chain(&[high, low])) {
            *to = *from;
        }
        let padding = text.get_mut(content_len..).unwrap_or_default();
        padding.fill(0);
        if let Some(place) = padding.first_mut() {
            *place = kind;
        }
        self.key.seal(number, header, text, tag)?;
        let mask = self.mask(body).ok_or(Alert::INTERNAL_ERROR)?;
        for (octet, m) in header.iter_mut().rev().zip(mask.iter().rev()) {
            *octet ^= m;
        }
        Ok((number, needed))
    }

    fn mask(&mut self, body: &[u8]) -> Option<[u8; 2]> {
        Some(self.hider.mask(body.first_chunk::<SAMPLE_LEN>()?))
    }
}

/// The keys of an epoch for reading, and which of its records have come.
pub(super) struct ReadEpoch<C: Crypto> {
    pub(super) keys: Epoch<C>,
    pub(super) window: Window,
}

/// A record that was opened.
pub(super) struct Opened {
    pub(super) kind: u8,
    pub(super) number: u64,
    /// Where the content stands, from the start of the record.
    pub(super) content: Range<usize>,
}

impl<C: Crypto> ReadEpoch<C> {
    pub(super) fn new(
        suite: CipherSuite,
        number: u64,
        secret: &[u8; 32],
    ) -> Result<Self, TlsError> {
        Ok(Self {
            keys: Epoch::new(suite, number, secret)?,
            window: Window::default(),
        })
    }

    /// Opens a record in place. `None`: not authentic, or it has come before; nothing has changed
    /// but the octets of the record, which are to be thrown away.
    pub(super) fn open(&mut self, parts: &Parts, record: &mut [u8]) -> Option<Opened> {
        let record = record.get_mut(..parts.end)?;
        let (header, body) = record.split_at_mut_checked(parts.header_len)?;
        let mask = self.keys.mask(body)?;
        let number = header.get_mut(parts.number.clone())?;
        let mut low = 0u64;
        for (octet, m) in number.iter_mut().zip(mask) {
            *octet ^= m;
            low = (low << 8) | u64::from(*octet);
        }
        let bits = if number.len() == 1 { 8 } else { 16 };
        let number = self.window.nearest(low, bits);
        if !self.window.is_new(number) {
            return None;
        }
        let text = self.keys.key.open(number, header, body)?;
        self.window.add(number);
        let (kind, len) = inner_content(text)?;
        Some(Opened {
            kind,
            number,
            content: parts.header_len..parts.header_len.saturating_add(len),
        })
    }
}

/// The header of a protected record taken apart (RFC 9147 section 4, figure 3).
pub(super) struct Parts {
    /// The low bits of the epoch.
    pub(super) epoch: u8,
    header_len: usize,
    /// Where the record number stands.
    number: Range<usize>,
    /// Octets of the whole record.
    pub(super) end: usize,
}

impl Parts {
    /// Takes the first record of `datagram` apart. `None`: it is not one for the owner of this
    /// Connection ID.
    pub(super) fn parse(datagram: &[u8], connection_id: &[u8]) -> Option<Self> {
        let (first, rest) = datagram.split_first()?;
        let with_id = first & bits::CONNECTION_ID != 0;
        if with_id == connection_id.is_empty() {
            return None;
        }
        let rest = rest.strip_prefix(connection_id)?;
        let number = connection_id.len().saturating_add(1);
        let number_len = if first & bits::LONG_NUMBER != 0 { 2 } else { 1 };
        let number = number..number.saturating_add(number_len);
        let (header_len, body_len) = if first & bits::LENGTH != 0 {
            let [high, low] = *rest.get(number_len..)?.first_chunk()?;
            let len = usize::from(u16::from_be_bytes([high, low]));
            (number.end.saturating_add(2), len)
        } else {
            (number.end, datagram.len().checked_sub(number.end)?)
        };
        let end = header_len.saturating_add(body_len);
        (end <= datagram.len()).then_some(Self {
            epoch: first & bits::EPOCH,
            header_len,
            number,
            end,
        })
    }
}

/// The header of a record in clear, which is one of epoch 0.
pub(super) fn plain_header(kind: u8, number: u64, len: usize) -> [u8; PLAIN_HEADER_LEN] {
    let [_, _, a, b, c, d, e, f] = number.to_be_bytes();
    let [.., high, low] = len.to_be_bytes();
    [kind, 0xfe, 0xfd, 0, 0, a, b, c, d, e, f, high, low]
}

/// Content type and content of the first record of `datagram`, if it is one in clear.
pub(super) fn parse_plain(datagram: &[u8]) -> Option<(u8, Range<usize>)> {
    let (header, rest) = datagram.split_first_chunk::<PLAIN_HEADER_LEN>()?;
    let [kind, _, _, 0, 0, .., high, low] = *header else {
        return None;
    };
    let len = usize::from(u16::from_be_bytes([high, low]));
    let end = PLAIN_HEADER_LEN.saturating_add(len);
    (len <= rest.len()).then_some((kind, PLAIN_HEADER_LEN..end))
}
