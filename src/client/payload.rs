//! Where the payload of a message that is sent comes from.

use super::memory::record::Pen;

/// What is written down of a payload.
#[derive(Clone, Copy)]
pub(super) enum Payload<'a> {
    Text(&'a str),
    /// As base64.
    #[cfg(feature = "base64")]
    Octets(&'a [u8]),
    /// The application has it and is asked for it, so many octets.
    #[cfg(feature = "segmentation")]
    Elsewhere(usize),
}

impl Payload<'_> {
    /// Octets of its text.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            #[cfg(feature = "base64")]
            Self::Octets(octets) => crate::message::base64::encoded_len(octets.len()),
            #[cfg(feature = "segmentation")]
            Self::Elsewhere(len) => *len,
        }
    }

    /// Octets that it adds to the JSON of a message with [`Self::lent`].
    pub(super) fn added_len(&self) -> usize {
        match self {
            #[cfg(feature = "base64")]
            Self::Octets(octets) if !octets.is_empty() => self.len().saturating_add(MEMBER),
            _ => 0,
        }
    }

    /// Whether each character has one octet.
    #[cfg(feature = "segmentation")]
    pub(super) fn is_ascii(&self) -> bool {
        match self {
            Self::Text(text) => text.is_ascii(),
            #[cfg(feature = "base64")]
            Self::Octets(_) => true,
            #[cfg(feature = "segmentation")]
            Self::Elsewhere(_) => false,
        }
    }

    pub(super) fn write(&self, pen: &mut Pen<'_>) {
        match self {
            Self::Text(text) => pen.rest(text.as_bytes()),
            #[cfg(feature = "base64")]
            Self::Octets(octets) => {
                pen.rest(&[]);
                let write = &mut |place: &mut [u8]| crate::message::base64::encode(octets, place);
                pen.put_with(self.len(), write);
            }
            #[cfg(feature = "segmentation")]
            Self::Elsewhere(_) => pen.rest(&[]),
        }
    }
}

impl<'a> Payload<'a> {
    /// The text of it that a message can borrow.
    pub(super) fn lent(&self) -> &'a str {
        match self {
            Self::Text(text) => text,
            #[cfg(any(feature = "base64", feature = "segmentation"))]
            _ => "",
        }
    }
}

/// `,"Payload":""`
#[cfg(any(feature = "base64", feature = "segmentation"))]
pub(super) const MEMBER: usize = 13;
