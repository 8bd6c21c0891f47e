//! Information elements out.

use super::{ApplicationId, Element, L3Codings, LocalEncodeError, Registration};

/// Counts on when the buffer is full, so that the error tells the exact size.
pub(super) struct Pen<'o> {
    out: &'o mut [u8],
    len: usize,
}

impl<'o> Pen<'o> {
    pub fn new(out: &'o mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    pub fn finish(self) -> Result<usize, LocalEncodeError> {
        let needed = self.len;
        if needed <= self.out.len() {
            Ok(needed)
        } else {
            Err(LocalEncodeError::BufferTooSmall { needed })
        }
    }

    pub fn octet(&mut self, octet: u8) {
        self.octets(&[octet]);
    }

    pub fn octets(&mut self, octets: &[u8]) {
        let end = self.len.saturating_add(octets.len());
        if let Some(place) = self.out.get_mut(self.len..end) {
            place.copy_from_slice(octets);
        }
        self.len = end;
    }

    /// Format LV of 255 octets at the most.
    pub fn lv(&mut self, octets: &[u8]) {
        let [low, ..] = octets.len().to_le_bytes();
        self.octet(low);
        self.octets(octets);
    }

    pub fn tlv(&mut self, iei: u8, octets: &[u8]) {
        self.octet(iei);
        self.lv(octets);
    }

    /// Format LV-E.
    pub fn payload(&mut self, text: &str) -> Result<(), LocalEncodeError> {
        let len = match u16::try_from(text.len()) {
            Ok(len) if len > 0 => len,
            _ => return Err(LocalEncodeError::Unwritable(Element::Payload)),
        };
        self.octets(&len.to_be_bytes());
        self.octets(text.as_bytes());
        Ok(())
    }

    /// Type 1: IEI and value share an octet.
    pub fn half(&mut self, iei: u8, value: Option<u8>) {
        if let Some(value) = value {
            self.octet(iei << 4 | value & 15);
        }
    }

    /// Type 3: IEI and two octets.
    pub fn application_id(&mut self, codings: &L3Codings, id: Option<ApplicationId>) {
        if let Some(id) = id {
            self.octet(codings.application_id);
            self.octets(&id.number().to_be_bytes());
        }
    }

    /// As much of it as has room, up to the border of a character.
    pub fn failure_cause(&mut self, codings: &L3Codings, cause: Option<&str>) {
        if let Some(cause) = cause {
            let mut end = cause.len().min(255);
            while !cause.is_char_boundary(end) {
                end = end.saturating_sub(1);
            }
            self.tlv(
                codings.failure_cause,
                cause.get(..end).unwrap_or_default().as_bytes(),
            );
        }
    }

    pub fn registration(&mut self, codings: &L3Codings, registration: Registration) {
        self.octets(&registration.application_id.number().to_be_bytes());
        if let Some(id) = registration.layer2_id {
            self.tlv(codings.layer2_id, &id.0);
        }
    }
}
