//! Values, each of its own kind: numbers, words, addresses, segment ranges.

use super::{
    AddressType, DecodeError,
    fold::find_word,
    list::ELEMENT_END,
    members::Scope,
    names::find_member,
    reader::{Reader, Span, Value},
    segments::RANGE_SIGN,
    wire::{self, Member, Shape, place},
    writer::decimal,
};

/// Numbers go to 2^31-1.
const MAX_INTEGER: u32 = i32::MAX.unsigned_abs();

/// The text of a value that is neither object nor array, if it is of the right type.
pub(super) fn scalar(
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
            find_word(wire::BOOLEANS, reader.octets(span))
                .map(|_| span)
                .ok_or(mistyped)
        }
        (Shape::Integer | Shape::Integers, Value::Number(span) | Value::Text(span)) => {
            parse_integer(reader.octets(span), member).map(|_| span)
        }
        // One range of one segment.
        (Shape::Ranges, Value::Number(span)) => {
            parse_integer(reader.octets(span), member).map(|_| span)
        }
        _ => Err(mistyped),
    }
}

pub(super) fn parse_integer(text: &[u8], member: Member) -> Result<u32, DecodeError> {
    let out_of_range = DecodeError::OutOfRange(member);
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(DecodeError::Mistyped {
            member,
            expected: member.shape(),
        });
    }
    if digits.len() < text.len() {
        return Err(out_of_range);
    }
    let mut number = 0u32;
    for digit in digits {
        let tenfold = number.checked_mul(10).ok_or(out_of_range)?;
        number = tenfold.saturating_add(u32::from(digit & 15));
        if number > MAX_INTEGER {
            return Err(out_of_range);
        }
    }
    Ok(number)
}

/// Reads the address object of TS 29.538, whose type says which member is really meant.
pub(super) fn read_address(
    reader: &mut Reader<'_>,
    member: Member,
) -> Result<(Member, Span), DecodeError> {
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
    let kind = find_word(wire::ADDRESS_TYPES, reader.octets(kind)).ok_or(unusable)?;
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

/// Reads the rest of an array of single values and rewrites it as a list of texts.
pub(super) fn read_elements(
    reader: &mut Reader<'_>,
    member: Member,
    scope: Scope,
    at: &mut usize,
) -> Result<(), DecodeError> {
    while reader.element()? {
        let value = reader.value()?;
        if scope.segments
            && let (Shape::Ranges, Value::Object | Value::Array) = (member.shape(), value)
        {
            let (first, last) = read_range(reader, value, member)?;
            decimal(first, &mut |octet| reader.put(at, octet));
            reader.put(at, RANGE_SIGN);
            decimal(last, &mut |octet| reader.put(at, octet));
        } else {
            let span = scalar(reader, member, member.shape(), value)?;
            reader.put_span(at, span);
        }
        reader.put(at, ELEMENT_END);
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
    let (mut first, mut last) = (None, None);
    loop {
        let end = if value == Value::Object {
            let Some(name) = reader.member()? else { break };
            match find_member(reader.octets(name), place::PAIR) {
                Some(Member::RangeStart) => Some(&mut first),
                Some(Member::RangeEnd) => Some(&mut last),
                _ => None,
            }
        } else if !reader.element()? {
            break;
        } else if first.is_none() {
            Some(&mut first)
        } else if last.is_none() {
            Some(&mut last)
        } else {
            return Err(mistyped);
        };
        match (end, reader.value()?) {
            (None, value) => reader.skip(value)?,
            (Some(end), Value::Number(span) | Value::Text(span)) => {
                *end = Some(parse_integer(reader.octets(span), member)?);
            }
            _ => return Err(mistyped),
        }
    }
    first.zip(last).ok_or(mistyped)
}
