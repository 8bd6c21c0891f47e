//! Writing and reading the plaintext of a snapshot, value after value, by postcard.

use super::SnapshotError;
use core::fmt;
use postcard::ser_flavors::Flavor;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Appends values. Runs on past the end, counting, so that the error can say how long the buffer
/// should have been.
pub(crate) struct Writer<'o> {
    out: &'o mut [u8],
    len: usize,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// Octets that were written, whether they found room or not.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn put(&mut self, value: &impl Serialize) {
        // Neither the pen nor any of the types fails.
        let _ = postcard::serialize_with_flavor(value, Pen(self));
    }
}

struct Pen<'w, 'o>(&'w mut Writer<'o>);

impl Flavor for Pen<'_, '_> {
    type Output = ();

    fn try_extend(&mut self, octets: &[u8]) -> postcard::Result<()> {
        let Self(writer) = self;
        let end = writer.len.saturating_add(octets.len());
        if let Some(place) = writer.out.get_mut(writer.len..end) {
            place.copy_from_slice(octets);
        }
        writer.len = end;
        Ok(())
    }

    fn try_push(&mut self, octet: u8) -> postcard::Result<()> {
        self.try_extend(&[octet])
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Takes values off the front.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    pub(crate) fn take<T: Deserialize<'a>>(&mut self) -> Result<T, SnapshotError> {
        let (value, rest) =
            postcard::take_from_bytes(self.0).map_err(|_| SnapshotError::Malformed)?;
        self.0 = rest;
        Ok(value)
    }

    /// What is left.
    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }

    /// All has been taken.
    pub(crate) fn end(self) -> Result<(), SnapshotError> {
        match self.0 {
            [] => Ok(()),
            _ => Err(SnapshotError::Malformed),
        }
    }
}

/// Octets in one piece, borrowed also when they are read.
#[derive(Clone, Copy)]
pub(crate) struct Octets<'a>(pub(crate) &'a [u8]);

impl Serialize for Octets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Octets<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowed;

        impl<'de> Visitor<'de> for Borrowed {
            type Value = Octets<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("octets")
            }

            fn visit_borrowed_bytes<E: Error>(self, octets: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Octets(octets))
            }
        }
        deserializer.deserialize_bytes(Borrowed)
    }
}
