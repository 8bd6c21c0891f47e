//! Registration of several UEs by the gateway in front of them (TS 23.554 clause 8.2.7, Rel-18).

use super::{
    DecodeError, EncodeError, List, Registration, RegistrationResponse,
    list::{Element, ITEM_END, read_items},
    members::{Fields, Item, Members, Scope, Spans},
    wire::Member,
    writer::Writer,
};

/// REG with a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BulkRegistration<'a> {
    /// One for each UE. A received one may not be nested deeper than its profile's own members.
    pub registrations: List<'a, Registration<'a>>,
}

/// The answer to [`BulkRegistration`]. It has no message type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BulkRegistrationResponse<'a> {
    /// One for each UE.
    pub responses: List<'a, RegistrationResponse<'a>>,
}

impl<'a> BulkRegistration<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.items(
            Member::NumberOfRequests,
            Member::ListOfRequests,
            self.registrations,
            Registration::write,
        );
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            registrations: read_items(fields, Member::ListOfRequests)?,
        })
    }
}

impl<'a> BulkRegistrationResponse<'a> {
    /// Reads the payload of a response. Strings are unescaped in place.
    ///
    /// # Errors
    /// [`DecodeError`], see there.
    pub fn decode(json: &'a mut [u8]) -> Result<Self, DecodeError> {
        Ok(Self {
            responses: read_items(
                &Members::read(json, &mut Spans::new(), Scope::ALL)?,
                Member::ListOfResponses,
            )?,
        })
    }

    /// Writes the payload of a response and tells its length in octets.
    ///
    /// # Errors
    /// [`EncodeError::BufferTooSmall`] tells the size that is enough.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let mut writer = Writer::answer(out);
        writer.items(
            Member::NumberOfResponses,
            Member::ListOfResponses,
            self.responses,
            RegistrationResponse::write,
        );
        writer.finish()
    }
}

impl<'a> Element<'a> for Registration<'a> {
    const END: u8 = ITEM_END;

    fn from_received(octets: &'a [u8]) -> Result<Self, DecodeError> {
        Self::read(&Item(octets))
    }
}

impl<'a> Element<'a> for RegistrationResponse<'a> {
    const END: u8 = ITEM_END;

    fn from_received(octets: &'a [u8]) -> Result<Self, DecodeError> {
        Self::read(&Item(octets))
    }
}
