//! The JSON of MSGin5G-5 (TS 24.538 clause A.3.2): flat objects with names of their own.
//!
//! The schemas could not be read. Names and shapes are UNCONFIRMED; those of the information elements are
//! taken, as on MSGin5G-1. They stand in [`wire`] with all others.

use super::{
    AddressType, DecodeError, EncodeError, Outcome,
    error::Expected,
    fold::{eq_folded, find_word, word_for},
    reader::{Reader, Span, Value},
    values::read_address,
    wire::{self, Member},
    writer::Writer,
};

/// An information element on MSGin5G-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u8)]
pub enum Element {
    /// Which message it is (A.2.2.1).
    MessageType,
    /// The link that an application is reached by (TS 23.554 table 8.11.2-1).
    Layer2Id,
    /// Who sent a message (A.2.2.10).
    OriginatorAddress,
    /// Whom a message is for (A.2.2.2).
    TargetAddress,
    /// What that is: a UE, a group ... (A.2.2.7).
    TargetType,
    /// A.2.2.4
    MessageId,
    /// A.2.2.5
    Payload,
    /// A.2.2.3
    ApplicationId,
    /// Whether a report is wanted (A.2.2.6).
    StatusRequired,
    /// What a report says.
    DeliveryStatus,
    /// Why it was not delivered.
    FailureCause,
}

/// The kind of a target address.
pub type TargetType = AddressType;

impl Element {
    const COUNT: usize = 11;

    /// Its name in JSON, and in what is printed.
    #[must_use]
    pub fn name(self) -> &'static str {
        word_for(wire::LOCAL_NAMES, &self)
    }
}

/// The elements of a message as text; those that are missing or null are absent.
#[derive(Clone, Copy)]
pub(crate) struct LocalFields<'a>([Option<&'a str>; Element::COUNT]);

/// Why octets hold no such elements.
pub(crate) enum Fault {
    Json(DecodeError),
    Mistyped(Element),
}

impl<'a> LocalFields<'a> {
    pub const EMPTY: Self = Self([None; Element::COUNT]);

    pub fn text(&self, element: Element) -> Option<&'a str> {
        *self.0.get(element as usize)?
    }

    /// What has been checked by `read` to be a boolean.
    pub fn boolean(&self, element: Element) -> bool {
        let text = self.text(element).unwrap_or_default();
        find_word(wire::BOOLEANS, text.as_bytes()).unwrap_or(false)
    }

    pub fn outcome(&self) -> Option<Outcome<'a>> {
        self.text(Element::DeliveryStatus).map(Outcome::read)
    }

    /// `Err` for a word that is no type.
    pub fn target_type(&self) -> Result<Option<TargetType>, Element> {
        let word = self.text(Element::TargetType);
        word.map(|word| find_word(wire::ADDRESS_TYPES, word.as_bytes()).ok_or(Element::TargetType))
            .transpose()
    }

    pub fn set(&mut self, element: Element, text: Option<&'a str>) {
        if let Some(place) = self.0.get_mut(element as usize) {
            *place = text;
        }
    }

    pub fn set_boolean(&mut self, element: Element, value: bool) {
        self.set(element, value.then_some("true"));
    }

    pub fn set_outcome(&mut self, outcome: Outcome<'a>) {
        self.set(Element::DeliveryStatus, Some(outcome.word()));
    }

    pub fn set_target_type(&mut self, kind: Option<TargetType>) {
        let word = kind.map(|kind| word_for(wire::ADDRESS_TYPES, &kind));
        self.set(Element::TargetType, word);
    }

    /// Reads one object, unescaping its strings in place.
    pub fn read(json: &'a mut [u8]) -> Result<Self, Fault> {
        let mut places = Places([None; Element::COUNT]);
        let mut reader = Reader::new(json);
        places.read(&mut reader)?;
        let json: &'a [u8] = json;
        let mut fields = Self::EMPTY;
        for (place, text) in places.0.iter().zip(&mut fields.0) {
            *text = match place {
                None => None,
                Some(Found::Word(word)) => Some(word),
                // A string is UTF-8, and a number or a word of JSON is ASCII.
                Some(Found::At(span)) => json
                    .get(span.start..span.start.saturating_add(span.len))
                    .and_then(|octets| core::str::from_utf8(octets).ok()),
            };
        }
        Ok(fields)
    }

    /// Writes the elements that are there, in one order for all messages.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let mut writer = Writer::answer(out);
        for (name, element) in wire::LOCAL_NAMES.iter().take(Element::COUNT) {
            match (self.text(*element), element) {
                (None, _) => {}
                (Some(word), Element::StatusRequired) => writer.named_word(name, word),
                (Some(text), _) => writer.named_text(name, text),
            }
        }
        writer.finish()
    }
}

/// A value: octets of the buffer, or a word that stands for what they say.
#[derive(Clone, Copy)]
enum Found {
    At(Span),
    Word(&'static str),
}

struct Places([Option<Found>; Element::COUNT]);

impl Places {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Fault> {
        if reader.value().map_err(Fault::Json)? != Value::Object {
            return Err(Fault::Json(DecodeError::Syntax {
                expected: Expected::Object,
                at: 0,
            }));
        }
        while let Some(name) = reader.member().map_err(Fault::Json)? {
            let element = find(reader.octets(name));
            let value = reader.value().map_err(Fault::Json)?;
            match element {
                Some(element) => self.keep(reader, element, value)?,
                None => reader.skip(value).map_err(Fault::Json)?,
            }
        }
        reader.end().map_err(Fault::Json)
    }

    fn keep(
        &mut self,
        reader: &mut Reader<'_>,
        element: Element,
        value: Value,
    ) -> Result<(), Fault> {
        let found = match (element, value) {
            (_, Value::Null) => None,
            (Element::TargetAddress, Value::Object) => {
                let address = read_address(reader, Member::RecipientUe);
                let (member, span) = address.map_err(Fault::Json)?;
                self.set(Element::TargetType, kind_of(member).map(Found::Word));
                Some(Found::At(span))
            }
            (Element::OriginatorAddress, Value::Object) => {
                let address = read_address(reader, Member::OriginatingUe);
                Some(Found::At(address.map_err(Fault::Json)?.1))
            }
            (
                Element::StatusRequired,
                Value::Boolean(span) | Value::Number(span) | Value::Text(span),
            ) if find_word(wire::BOOLEANS, reader.octets(span)).is_some() => Some(Found::At(span)),
            (Element::StatusRequired, _) => return Err(Fault::Mistyped(element)),
            (Element::ApplicationId, Value::Number(span)) | (_, Value::Text(span)) => {
                Some(Found::At(span))
            }
            _ => return Err(Fault::Mistyped(element)),
        };
        self.set(element, found);
        Ok(())
    }

    fn set(&mut self, element: Element, found: Option<Found>) {
        if let Some(place) = self.0.get_mut(element as usize) {
            *place = found;
        }
    }
}

fn find(name: &[u8]) -> Option<Element> {
    let found = wire::LOCAL_NAMES
        .iter()
        .find(|(spelling, _)| eq_folded(spelling.as_bytes(), name));
    found.map(|(_, element)| *element)
}

/// The word for the kind of address that `read_address` has found.
fn kind_of(member: Member) -> Option<&'static str> {
    let kind = match member {
        Member::RecipientUe => AddressType::Ue,
        Member::RecipientAs => AddressType::As,
        Member::RecipientGroup => AddressType::Group,
        Member::BroadcastArea => AddressType::BroadcastArea,
        Member::Topic => AddressType::Topic,
        _ => return None,
    };
    Some(word_for(wire::ADDRESS_TYPES, &kind))
}
