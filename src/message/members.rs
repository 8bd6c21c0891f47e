//! From JSON to the members of a message: where each one's text is.
//!
//! Objects inside the message (the client profile, the store and forward parameters ...) hold members that
//! stand nowhere else, so all of them are kept in one flat table. Lists are rewritten in place into the form
//! that [`super::list`] reads: shorter than the JSON that they come from, so there is always room.

use super::{
    AddressType, DecodeError,
    error::Expected,
    fold::{find_member, find_word},
    list::{ABSENT, ELEMENT_END, ITEM_END, RECORD_END, last_record},
    reader::{Reader, Span, Value},
    segments,
    wire::{self, Member, Shape, place},
};

/// Numbers go to 2^31-1.
const MAX_INTEGER: u32 = i32::MAX.unsigned_abs();

/// The members of one message or of one list item.
///
/// Each value has the JSON type that its [`Shape`] asks for; a member that is missing or null is absent.
pub(super) trait Fields<'a> {
    /// The text of a value, or the rewritten list.
    fn raw(&self, member: Member) -> Option<&'a [u8]>;
}

impl<'a> dyn Fields<'a> + '_ {
    pub fn text(&self, member: Member) -> Option<&'a str> {
        self.raw(member)
            .and_then(|octets| core::str::from_utf8(octets).ok())
    }

    pub fn boolean(&self, member: Member) -> Option<bool> {
        self.text(member)
            .and_then(|text| find_word(wire::BOOLEANS, text))
    }

    pub fn integer(&self, member: Member) -> Option<u32> {
        self.text(member)
            .and_then(|text| parse_integer(text, member).ok())
    }
}

/// The members of a message.
pub(super) struct Members<'a> {
    buffer: &'a [u8],
    spans: Spans,
}

/// A span that begins at 0, where no value can, stands for a member that is absent.
type Spans = [Span; Member::COUNT];

impl<'a> Members<'a> {
    /// Reads a whole message.
    pub fn read(json: &'a mut [u8]) -> Result<Self, DecodeError> {
        let mut spans = [Span::default(); Member::COUNT];
        let mut reader = Reader::new(json);
        if reader.value()? != Value::Object {
            return Err(DecodeError::Syntax {
                expected: Expected::Object,
                at: 0,
            });
        }
        read_object(&mut reader, place::TOP, &mut Sink::Message(&mut spans))?;
        reader.end()?;
        Ok(Self {
            buffer: json,
            spans,
        })
    }
}

impl<'a> Fields<'a> for Members<'a> {
    fn raw(&self, member: Member) -> Option<&'a [u8]> {
        let span = self
            .spans
            .get(usize::from(member as u8))
            .filter(|span| span.start > 0)?;
        let (_, rest) = self.buffer.split_at_checked(span.start)?;
        rest.get(..span.len)
    }
}

/// The members of one list item: records `member value end`, the last one of a member counting.
pub(super) struct Item<'a>(pub &'a [u8]);

impl<'a> Fields<'a> for Item<'a> {
    fn raw(&self, member: Member) -> Option<&'a [u8]> {
        last_record(self.0, member)
    }
}

/// Where values go.
enum Sink<'s> {
    Message(&'s mut Spans),
    /// Into the list that is being rewritten; holds the place to write at.
    Item(&'s mut usize),
}

impl Sink<'_> {
    fn store(&mut self, reader: &mut Reader<'_>, member: Member, value: Option<Span>) {
        match self {
            Self::Message(spans) => {
                if let Some(place) = spans.get_mut(usize::from(member as u8)) {
                    *place = value.unwrap_or_default();
                }
            }
            Self::Item(at) => {
                reader.put(at, member as u8);
                match value {
                    Some(span) => reader.put_span(at, span),
                    None => reader.put(at, ABSENT),
                }
                reader.put(at, RECORD_END);
            }
        }
    }
}

/// Reads the rest of an object that has been opened, and those inside it that the table knows.
fn read_object(
    reader: &mut Reader<'_>,
    outermost: u8,
    sink: &mut Sink<'_>,
) -> Result<(), DecodeError> {
    let mut place = outermost;
    loop {
        let Some(name) = reader.member()? else {
            if place == outermost {
                return Ok(());
            }
            place = match place {
                place::TRIGGERING | place::AVAILABILITY => place::PROFILE,
                _ => outermost,
            };
            continue;
        };
        let member = find_member(reader.octets(name), place);
        let value = reader.value()?;
        let Some(member) = member else {
            reader.skip(value)?;
            continue;
        };
        match (member.shape(), value) {
            (_, Value::Null) => sink.store(reader, member, None),
            (Shape::Object, Value::Object) => place = inside(member),
            (Shape::Address, Value::Object) => {
                let (member, span) = read_address(reader, member)?;
                sink.store(reader, member, Some(span));
            }
            (Shape::Texts | Shape::Integers | Shape::Ranges | Shape::Items, Value::Array) => {
                read_list(reader, member, sink)?;
            }
            (shape, value) => {
                let span = scalar(reader, member, shape, value)?;
                sink.store(reader, member, Some(span));
            }
        }
    }
}

/// The place that opens inside a member whose shape is an object.
const fn inside(member: Member) -> u8 {
    match member {
        Member::Profile => place::PROFILE,
        Member::Triggering => place::TRIGGERING,
        Member::Availability => place::AVAILABILITY,
        Member::StoreAndForwardParameters => place::STORE_AND_FORWARD,
        _ => place::SEGMENT,
    }
}

/// The text of a value that is neither object nor array, if it is of the right type.
fn scalar(
    reader: &Reader<'_>,
    member: Member,
    shape: Shape,
    value: Value,
) -> Result<Span, DecodeError> {
    let mistyped = DecodeError::Mistyped {
        member,
        expected: shape,
    };
    match (shape, value) {
        (Shape::Text | Shape::Texts | Shape::Address | Shape::Ranges, Value::Text(span)) => {
            Ok(span)
        }
        (Shape::Boolean, Value::Boolean(span) | Value::Number(span) | Value::Text(span)) => {
            find_word(wire::BOOLEANS, reader.text(span))
                .map(|_| span)
                .ok_or(mistyped)
        }
        (Shape::Integer | Shape::Integers, Value::Number(span) | Value::Text(span)) => {
            parse_integer(reader.text(span), member).map(|_| span)
        }
        // One range of one segment.
        (Shape::Ranges, Value::Number(span)) => {
            parse_integer(reader.text(span), member).map(|_| span)
        }
        _ => Err(mistyped),
    }
}

fn parse_integer(text: &str, member: Member) -> Result<u32, DecodeError> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(DecodeError::Mistyped {
            member,
            expected: member.shape(),
        });
    }
    match digits.parse() {
        Ok(number) if number <= MAX_INTEGER && !negative => Ok(number),
        _ => Err(DecodeError::OutOfRange(member)),
    }
}

/// Reads the address object of TS 29.538, whose type says which member is really meant.
fn read_address(reader: &mut Reader<'_>, member: Member) -> Result<(Member, Span), DecodeError> {
    let (mut kind, mut text) = (None, None);
    while let Some(name) = reader.member()? {
        let part = find_member(reader.octets(name), place::PAIR);
        match (part, reader.value()?) {
            (Some(Member::AddressType), Value::Text(span)) => kind = Some(span),
            (Some(Member::AddressText), Value::Text(span)) => text = Some(span),
            (Some(Member::AddressType | Member::AddressText), value) if value != Value::Null => {
                return Err(DecodeError::Mistyped {
                    member,
                    expected: Shape::Address,
                });
            }
            (_, value) => reader.skip(value)?,
        }
    }
    let unusable = DecodeError::Unusable(member);
    let text = text.ok_or(unusable)?;
    let Some(kind) = kind else {
        return Ok((member, text));
    };
    let kind = find_word(wire::ADDRESS_TYPES, reader.text(kind)).ok_or(unusable)?;
    let originator = matches!(member, Member::OriginatingUe | Member::OriginatingAs);
    let member = match (kind, originator) {
        (AddressType::Ue, true) => Member::OriginatingUe,
        (AddressType::As, true) => Member::OriginatingAs,
        (_, true) => return Err(unusable),
        (AddressType::Ue, false) => Member::RecipientUe,
        (AddressType::As, false) => Member::RecipientAs,
        (AddressType::Group, false) => Member::RecipientGroup,
        (AddressType::BroadcastArea, false) => Member::BroadcastArea,
        (AddressType::Topic, false) => Member::Topic,
    };
    Ok((member, text))
}

/// Reads the rest of an array that has been opened, rewriting it.
fn read_list(
    reader: &mut Reader<'_>,
    member: Member,
    sink: &mut Sink<'_>,
) -> Result<(), DecodeError> {
    match sink {
        Sink::Message(spans) => {
            // The bracket is behind us, and the list goes over it.
            let start = reader.position().saturating_sub(1);
            let mut at = start;
            read_elements(reader, member, &mut at)?;
            let len = at.saturating_sub(start);
            if let Some(place) = spans.get_mut(usize::from(member as u8)) {
                *place = if len > 0 {
                    Span { start, len }
                } else {
                    Span::default()
                };
            }
        }
        Sink::Item(at) => {
            reader.put(at, member as u8);
            let start = **at;
            read_elements(reader, member, at)?;
            if **at == start {
                reader.put(at, ABSENT);
            }
            reader.put(at, RECORD_END);
        }
    }
    Ok(())
}

fn read_elements(
    reader: &mut Reader<'_>,
    member: Member,
    at: &mut usize,
) -> Result<(), DecodeError> {
    let mistyped = DecodeError::Mistyped {
        member,
        expected: member.shape(),
    };
    while reader.element()? {
        let value = reader.value()?;
        let end = match (member.shape(), value) {
            (Shape::Items, Value::Object) => {
                read_object(reader, place::ITEM, &mut Sink::Item(at))?;
                ITEM_END
            }
            (Shape::Ranges, Value::Object | Value::Array) => {
                let (first, last) = read_range(reader, value, member)?;
                put_integer(reader, at, first);
                reader.put(at, segments::RANGE_SIGN);
                put_integer(reader, at, last);
                ELEMENT_END
            }
            (Shape::Items, _) => return Err(mistyped),
            (shape, value) => {
                let span = scalar(reader, member, shape, value)?;
                reader.put_span(at, span);
                ELEMENT_END
            }
        };
        reader.put(at, end);
    }
    Ok(())
}

/// Reads a range written as `{start, end}` or `[a, b]`.
fn read_range(
    reader: &mut Reader<'_>,
    value: Value,
    member: Member,
) -> Result<(u32, u32), DecodeError> {
    let mistyped = DecodeError::Mistyped {
        member,
        expected: Shape::Ranges,
    };
    let number = |reader: &Reader<'_>, value| match value {
        Value::Number(span) | Value::Text(span) => parse_integer(reader.text(span), member),
        _ => Err(mistyped),
    };
    let (mut first, mut last) = (None, None);
    if value == Value::Array {
        while reader.element()? {
            let value = reader.value()?;
            match (first, last) {
                (None, _) => first = Some(number(reader, value)?),
                (Some(_), None) => last = Some(number(reader, value)?),
                _ => return Err(mistyped),
            }
        }
    } else {
        while let Some(name) = reader.member()? {
            let part = find_member(reader.octets(name), place::PAIR);
            let value = reader.value()?;
            match part {
                Some(Member::RangeStart) => first = Some(number(reader, value)?),
                Some(Member::RangeEnd) => last = Some(number(reader, value)?),
                _ => reader.skip(value)?,
            }
        }
    }
    first.zip(last).ok_or(mistyped)
}

/// Writes a number in decimal, which is no longer than it was in JSON.
fn put_integer(reader: &mut Reader<'_>, at: &mut usize, number: u32) {
    super::writer::decimal(number, &mut |octet| reader.put(at, octet));
}
