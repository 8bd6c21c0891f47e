//! Information elements in: the formats of TS 24.007 clause 11.2.1.1.

use super::{
    Element, L3Codings, LocalDecodeError, STATUS_REQUIRED, TARGET_TYPE, read_address, read_text,
};
use crate::message::MessageId;

/// What is left of a message.
#[derive(Clone, Copy)]
pub(super) struct Octets<'a> {
    rest: &'a [u8],
    len: usize,
}

impl<'a> Octets<'a> {
    pub fn new(octets: &'a [u8]) -> Self {
        Self {
            rest: octets,
            len: octets.len(),
        }
    }

    /// Format V of one octet.
    pub fn octet(&mut self, element: Element) -> Result<u8, LocalDecodeError> {
        let [octet] = self.chunk(element)?;
        Ok(octet)
    }

    /// Format V of two octets, the high one first.
    pub fn two(&mut self, element: Element) -> Result<u16, LocalDecodeError> {
        Ok(u16::from_be_bytes(self.chunk(element)?))
    }

    /// Format V of 16 octets.
    pub fn message_id(&mut self) -> Result<MessageId<'a>, LocalDecodeError> {
        Ok(MessageId::Uuid(self.chunk(Element::MessageId)?))
    }

    /// Format LV.
    pub fn lv(&mut self, element: Element) -> Result<&'a [u8], LocalDecodeError> {
        let len = self.octet(element)?;
        self.take(len.into(), element)
    }

    /// Format LV-E, not empty.
    pub fn payload(&mut self) -> Result<&'a str, LocalDecodeError> {
        let element = Element::Payload;
        let len = self.two(element)?;
        if len == 0 {
            return Err(LocalDecodeError::Length(element));
        }
        read_text(self.take(len.into(), element)?, element)
    }

    fn chunk<const N: usize>(&mut self, element: Element) -> Result<[u8; N], LocalDecodeError> {
        let (chunk, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(LocalDecodeError::Truncated(element))?;
        self.rest = rest;
        Ok(*chunk)
    }

    fn take(&mut self, len: usize, element: Element) -> Result<&'a [u8], LocalDecodeError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(LocalDecodeError::Truncated(element))?;
        self.rest = rest;
        Ok(taken)
    }
}

/// The optional elements of all messages. The first of a kind counts.
#[derive(Default)]
pub(super) struct Optional<'a> {
    pub application_id: Option<u16>,
    pub target_type: Option<u8>,
    pub layer2_id: Option<&'a [u8]>,
    status_required: Option<u8>,
    originator: Option<&'a [u8]>,
    cause: Option<&'a [u8]>,
}

/// An IEI of type 1 that may be *Application ID* with its half octets swapped: the standard prints "A".
const SWAPPED_APPLICATION_ID: u8 = 0xa0;

impl<'a> Optional<'a> {
    pub fn read(mut octets: Octets<'a>, codings: &L3Codings) -> Result<Self, LocalDecodeError> {
        let mut found = Self::default();
        let mut is_first = true;
        while let [iei, rest @ ..] = octets.rest {
            let at = octets.len.saturating_sub(octets.rest.len());
            let is_swapped = is_first && *iei == SWAPPED_APPLICATION_ID && rest.len() >= 2;
            is_first = false;
            octets.rest = rest;
            if *iei == codings.application_id || is_swapped {
                let id = octets.two(Element::ApplicationId)?;
                found.application_id.get_or_insert(id);
            } else if iei & 0x80 != 0 {
                found.keep_half(iei >> 4, iei & 15);
            } else {
                found.keep(*iei, tlv(&mut octets, *iei, at)?, codings);
            }
        }
        Ok(found)
    }

    pub fn is_report_wanted(&self) -> Result<bool, LocalDecodeError> {
        match self.status_required {
            None | Some(0) => Ok(false),
            Some(1) => Ok(true),
            Some(_) => Err(LocalDecodeError::Unusable(Element::StatusRequired)),
        }
    }

    pub fn originator(&self) -> Result<&'a str, LocalDecodeError> {
        let element = Element::OriginatorAddress;
        let octets = self.originator.ok_or(LocalDecodeError::Missing(element))?;
        read_address(octets, element)
    }

    pub fn failure_cause(&self) -> Result<Option<&'a str>, LocalDecodeError> {
        self.cause
            .map(|octets| read_text(octets, Element::FailureCause))
            .transpose()
    }

    /// Type 1: IEI and value share an octet.
    fn keep_half(&mut self, iei: u8, value: u8) {
        match iei {
            STATUS_REQUIRED => self.status_required.get_or_insert(value),
            TARGET_TYPE => self.target_type.get_or_insert(value),
            _ => return,
        };
    }

    fn keep(&mut self, iei: u8, value: &'a [u8], codings: &L3Codings) {
        let place = if iei == codings.originator_address {
            &mut self.originator
        } else if iei == codings.failure_cause {
            &mut self.cause
        } else if iei == codings.layer2_id {
            &mut self.layer2_id
        } else {
            return;
        };
        place.get_or_insert(value);
    }
}

/// The rest of an element whose IEI says that a length follows (TS 24.007 clause 11.2): two octets of it
/// behind 0x78 to 0x7f (type 6, UNCONFIRMED for MSGin5G-5), else one.
fn tlv<'a>(octets: &mut Octets<'a>, iei: u8, at: usize) -> Result<&'a [u8], LocalDecodeError> {
    // Which element it is does not matter here, only where it began.
    let cut = |_| LocalDecodeError::UnknownTruncated { at };
    let any = Element::MessageType;
    let len = if iei >= 0x78 {
        octets.two(any).map(usize::from)
    } else {
        octets.octet(any).map(usize::from)
    };
    octets.take(len.map_err(cut)?, any).map_err(cut)
}
