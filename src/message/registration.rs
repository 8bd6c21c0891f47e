//! Registration and de-registration (TS 24.538 clause 6.3, TS 23.554 clause 8.2).

use core::fmt;

use super::{
    DecodeError, EncodeError, Outcome, UeServiceId,
    addressing::ue_service_id,
    members::{Fields, Members, Scope, Spans},
    profile::ClientProfile,
    wire::Member,
    writer::Writer,
};

/// REG: asks the server to reach this UE from now on (TS 23.554 table 8.2.1-1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Registration<'a> {
    /// Who registers.
    pub ue_service_id: UeServiceId<'a>,
    /// Rel-17 only; later releases authenticate by AKMA. Never printed.
    pub credential: Option<&'a str>,
    /// What the client tells about itself.
    pub profile: ClientProfile<'a>,
    /// Behind a gateway: do not wait to register this UE together with others (Rel-18, clause 8.2.7).
    pub urgent: Option<bool>,
    /// Behind a gateway: the longest time that registration may take. In seconds, UNCONFIRMED.
    pub expiration_time: Option<u32>,
}

/// The answer to [`Registration`] (table 8.2.1-4), or to a gateway's part of a bulk.
///
/// It has no message type: the token of the response says what it answers. Its response code counts too:
/// see [`RegistrationResponse::is_refused`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RegistrationResponse<'a> {
    /// Who is registered.
    pub ue_service_id: Option<UeServiceId<'a>>,
    /// Whether it worked. Mandatory, but an answer without it is read as its response code says.
    pub result: Option<Outcome<'a>>,
    /// Why not, in free text.
    pub failure_cause: Option<&'a str>,
    /// An interim answer of a gateway: a date and time by which the result is there (clause 8.2.7).
    pub expected_time: Option<&'a str>,
}

/// DEREG: asks the server to forget this UE (table 8.2.2-1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Deregistration<'a> {
    /// Who leaves.
    pub ue_service_id: UeServiceId<'a>,
    /// Rel-17 only. Never printed.
    pub credential: Option<&'a str>,
}

/// The answer to [`Deregistration`] (table 8.2.2-2). It has no message type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DeregistrationResponse<'a> {
    /// Who has left.
    pub ue_service_id: Option<UeServiceId<'a>>,
    /// Whether it worked. An answer without it is read as its response code says.
    pub result: Option<Outcome<'a>>,
    /// Why not, in free text.
    pub failure_cause: Option<&'a str>,
}

impl<'a> Registration<'a> {
    /// A registration with nothing optional.
    #[must_use]
    pub const fn new(ue_service_id: UeServiceId<'a>) -> Self {
        Self {
            ue_service_id,
            credential: None,
            profile: ClientProfile::EMPTY,
            urgent: None,
            expiration_time: None,
        }
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.text(Member::UeServiceId, self.ue_service_id.as_str());
        writer.optional_text(Member::Credential, self.credential);
        self.profile.write(writer);
        writer.optional_boolean(Member::UrgentDegree, self.urgent);
        writer.optional_integer(Member::RequestExpirationTime, self.expiration_time);
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            ue_service_id: mandatory_ue(fields)?,
            credential: fields.text(Member::Credential),
            profile: ClientProfile::read(fields)?,
            urgent: fields.boolean(Member::UrgentDegree),
            expiration_time: fields.integer(Member::RequestExpirationTime),
        })
    }
}

/// Stands for a credential in what is printed.
const HIDDEN: &str = "..";

impl fmt::Debug for Registration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("ue_service_id", &self.ue_service_id)
            .field("credential", &self.credential.map(|_| HIDDEN))
            .field("profile", &self.profile)
            .field("urgent", &self.urgent)
            .field("expiration_time", &self.expiration_time)
            .finish()
    }
}

impl fmt::Debug for Deregistration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deregistration")
            .field("ue_service_id", &self.ue_service_id)
            .field("credential", &self.credential.map(|_| HIDDEN))
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Registration<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "Registration {{ ue_service_id: {}, credential: {}, profile: {}, urgent: {}, expiration_time: {} }}",
            self.ue_service_id,
            self.credential.map(|_| HIDDEN),
            self.profile,
            self.urgent,
            self.expiration_time
        );
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Deregistration<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "Deregistration {{ ue_service_id: {}, credential: {} }}",
            self.ue_service_id,
            self.credential.map(|_| HIDDEN)
        );
    }
}

impl<'a> RegistrationResponse<'a> {
    /// Reads the payload of a response. Strings are unescaped in place.
    ///
    /// # Errors
    /// [`DecodeError`], see there. An empty payload is not JSON: look before.
    pub fn decode(json: &'a mut [u8]) -> Result<Self, DecodeError> {
        Self::read(&Members::read(json, &mut Spans::new(), Scope::CLIENT)?)
    }

    /// Writes the payload of a response and tells its length in octets.
    ///
    /// # Errors
    /// [`EncodeError::BufferTooSmall`] tells the size that is enough.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let mut writer = Writer::answer(out);
        self.write(&mut writer);
        writer.finish()
    }

    /// Whether the payload says no, whatever the response code says.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.result.is_some_and(|result| !result.is_success())
    }

    /// Whether this is a gateway's interim answer: the result will come later.
    #[must_use]
    pub const fn is_interim(&self) -> bool {
        self.result.is_none() && self.expected_time.is_some()
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.optional_text(
            Member::UeServiceId,
            self.ue_service_id.map(|id| id.as_str()),
        );
        writer.optional_text(Member::RegistrationResult, self.result.map(Outcome::word));
        writer.optional_text(Member::FailureCause, self.failure_cause);
        writer.optional_text(Member::ExpectedRegistrationTime, self.expected_time);
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            ue_service_id: optional_ue(fields)?,
            result: fields.text(Member::RegistrationResult).map(Outcome::read),
            failure_cause: fields.text(Member::FailureCause),
            expected_time: fields.text(Member::ExpectedRegistrationTime),
        })
    }
}

impl<'a> Deregistration<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.text(Member::UeServiceId, self.ue_service_id.as_str());
        writer.optional_text(Member::Credential, self.credential);
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            ue_service_id: mandatory_ue(fields)?,
            credential: fields.text(Member::Credential),
        })
    }
}

impl<'a> DeregistrationResponse<'a> {
    /// Reads the payload of a response. Strings are unescaped in place.
    ///
    /// # Errors
    /// [`DecodeError`], see there. An empty payload is not JSON: look before.
    pub fn decode(json: &'a mut [u8]) -> Result<Self, DecodeError> {
        let mut spans = Spans::new();
        let members = Members::read(json, &mut spans, Scope::CLIENT)?;
        let fields: &dyn Fields<'a> = &members;
        Ok(Self {
            ue_service_id: optional_ue(fields)?,
            result: fields.text(Member::DeregistrationResult).map(Outcome::read),
            failure_cause: fields.text(Member::FailureCause),
        })
    }

    /// Writes the payload of a response and tells its length in octets.
    ///
    /// # Errors
    /// [`EncodeError::BufferTooSmall`] tells the size that is enough.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let mut writer = Writer::answer(out);
        writer.optional_text(
            Member::UeServiceId,
            self.ue_service_id.map(|id| id.as_str()),
        );
        writer.optional_text(Member::DeregistrationResult, self.result.map(Outcome::word));
        writer.optional_text(Member::FailureCause, self.failure_cause);
        writer.finish()
    }

    /// Whether the payload says no, whatever the response code says.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.result.is_some_and(|result| !result.is_success())
    }
}

fn mandatory_ue<'a>(fields: &dyn Fields<'a>) -> Result<UeServiceId<'a>, DecodeError> {
    optional_ue(fields)?.ok_or(DecodeError::Missing(Member::UeServiceId))
}

fn optional_ue<'a>(fields: &dyn Fields<'a>) -> Result<Option<UeServiceId<'a>>, DecodeError> {
    fields
        .text(Member::UeServiceId)
        .map(|text| ue_service_id(text, Member::UeServiceId))
        .transpose()
}
