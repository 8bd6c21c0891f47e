//! What a snapshot holds besides the client.

use super::SnapshotError;
use super::octets::{Octets, Reader, Writer};
use crate::akma::{AKid, AkmaKey, Kaf, Kakma};
use crate::client::Client;
#[cfg(feature = "tls13")]
use crate::session::tls13;
#[cfg(feature = "dtls13")]
use crate::session::tls13::dtls;
use serde::{Deserialize, Serialize};

/// What is to be kept. What is `None` is not.
#[derive(Default)]
pub struct Contents<'a, 'm> {
    /// The client. It is only looked at and can go on, for a sleep that does not come about.
    pub client: Option<&'a mut Client<'m>>,
    /// A session that goes on after the reset without a handshake. Used up when it is saved.
    pub association: Option<Association>,
    /// The state of the AKMA keys.
    pub akma: Option<Akma<'a>>,
}

/// A session that was put away by `export`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Association {
    /// DTLS 1.3: `DtlsSession::export`.
    #[cfg(feature = "dtls13")]
    Datagrams(dtls::Snapshot),
    /// TLS 1.3 over a transport that stays open without us: `TlsSession::export`.
    #[cfg(feature = "tls13")]
    Stream(tls13::Snapshot),
}

/// What is known of the AKMA keys.
#[derive(Debug, Clone, Copy)]
pub struct Akma<'a> {
    /// [`AkmaKeySource::generation`](crate::akma::AkmaKeySource::generation), to see afterwards
    /// whether K_AUSF has changed in between.
    pub generation: u32,
    /// The A-KID of the session.
    pub a_kid: &'a AKid,
    /// Its key. Leave it out wherever the key source can be asked again: then nobody who gets
    /// hold of the snapshot and of the device secret gets K_AF.
    pub key: Option<&'a AkmaKey>,
}

/// The same, out of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AkmaState {
    /// As it was saved.
    pub generation: u32,
    /// As it was saved.
    pub a_kid: AKid,
    /// If it was saved.
    pub key: Option<AkmaKey>,
}

/// All but the client, which follows.
#[derive(Serialize, Deserialize)]
struct Index<'a> {
    #[serde(borrow)]
    akma: Option<AkmaImage<'a>>,
    association: Option<(Kind, Octets<'a>)>,
    has_client: bool,
}

#[derive(Serialize, Deserialize)]
struct AkmaImage<'a> {
    generation: u32,
    a_kid: &'a str,
    #[serde(borrow)]
    key: Option<(KeyKind, Octets<'a>)>,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Kakma,
    Kaf,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Datagrams,
    Stream,
}

/// Octets of the longest association.
const LONGEST_ASSOCIATION: usize = 192;
#[cfg(feature = "dtls13")]
const _: () = assert!(dtls::Snapshot::LEN <= LONGEST_ASSOCIATION);

/// Octets of the longest index: tags, numbers and lengths as postcard writes them at the most.
pub(super) const INDEX_MAX: usize =
    (1 + 5 + 2 + AKid::MAX_LEN + 1 + 1 + 1 + 32) + (1 + 1 + 2 + LONGEST_ASSOCIATION) + 1;

impl Contents<'_, '_> {
    /// Writes all of it down, as seen at `now` (ms).
    pub(super) fn write(&mut self, now: u64, w: &mut Writer<'_>) {
        w.put(&Index {
            akma: self.akma.as_ref().map(|akma| AkmaImage {
                generation: akma.generation,
                a_kid: akma.a_kid.as_str(),
                key: akma.key.map(|key| match key {
                    AkmaKey::Kakma(key) => (KeyKind::Kakma, Octets(key.as_octets())),
                    AkmaKey::Kaf(key) => (KeyKind::Kaf, Octets(key.as_octets())),
                }),
            }),
            association: self.association.as_ref().map(Association::image),
            has_client: self.client.is_some(),
        });
        if let Some(client) = &mut self.client {
            client.write_snapshot(now, w);
        }
    }
}

impl Association {
    fn image(&self) -> (Kind, Octets<'_>) {
        match *self {
            #[cfg(feature = "dtls13")]
            Self::Datagrams(ref snapshot) => (Kind::Datagrams, Octets(snapshot.as_octets())),
            #[cfg(feature = "tls13")]
            Self::Stream(ref snapshot) => (Kind::Stream, Octets(snapshot.as_octets())),
        }
    }

    fn of(kind: Kind, octets: &[u8]) -> Option<Self> {
        #[cfg(not(feature = "tls13"))]
        let _ = octets;
        match kind {
            #[cfg(feature = "dtls13")]
            Kind::Datagrams => Some(Self::Datagrams(dtls::Snapshot::from_octets(
                octets.try_into().ok()?,
            ))),
            #[cfg(feature = "tls13")]
            Kind::Stream => Some(Self::Stream(tls13::Snapshot::from_octets(
                octets.try_into().ok()?,
            ))),
            #[allow(unreachable_patterns, reason = "reached unless all is built in")]
            _ => None,
        }
    }
}

/// What was found in a plaintext, besides the client's octets.
pub(super) struct Found<'a> {
    pub(super) akma: Option<AkmaState>,
    pub(super) association: Option<Association>,
    pub(super) client: Option<&'a [u8]>,
}

/// Reads a plaintext. The client's part is read when it is restored.
pub(super) fn read(plain: &[u8]) -> Result<Found<'_>, SnapshotError> {
    let mut reader = Reader::new(plain);
    let index: Index<'_> = reader.take()?;
    let akma = index.akma.map(|akma| AkmaState::of(&akma)).transpose()?;
    let association = match index.association {
        Some((kind, Octets(octets))) => {
            Some(Association::of(kind, octets).ok_or(SnapshotError::Malformed)?)
        }
        None => None,
    };
    if !index.has_client {
        reader.end()?;
    }
    Ok(Found {
        akma,
        association,
        client: index.has_client.then_some(reader.rest()),
    })
}

impl AkmaState {
    fn of(image: &AkmaImage<'_>) -> Result<Self, SnapshotError> {
        let key = |(kind, Octets(octets))| match kind {
            KeyKind::Kakma => Kakma::from_slice(octets).map(AkmaKey::Kakma),
            KeyKind::Kaf => Kaf::from_slice(octets).map(AkmaKey::Kaf),
        };
        let malformed = |_| SnapshotError::Malformed;
        Ok(Self {
            generation: image.generation,
            a_kid: AKid::from_modem(image.a_kid).map_err(malformed)?,
            key: image.key.map(key).transpose().map_err(malformed)?,
        })
    }
}
