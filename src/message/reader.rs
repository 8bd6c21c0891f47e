//! JSON (RFC 8259) in one pass, inside the buffer that it came in.
//!
//! No crate fits. picojson copies every string that has an escape into a scratch buffer and lends it only
//! until the next event, so a payload could not be borrowed; serde-json-core compares names exactly and
//! leaves escapes in. Here strings are unescaped in place and handed out as [`Span`]s. Nothing is allocated,
//! nothing recurses: the brackets around the current place are bits of one octet.

use super::{
    DecodeError,
    error::Expected,
    octets::{plain_len, wide_len},
};

/// Objects and arrays inside each other, at most.
const MAX_DEPTH: u8 = 4;

/// Octets of the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub start: usize,
    pub len: usize,
}

/// A value; of an object or an array only that it has been opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Text(Span),
    Number(Span),
    Boolean(Span),
    Null,
    Object,
    Array,
}

pub(super) struct Reader<'b> {
    buffer: &'b mut [u8],
    at: usize,
    depth: u8,
    /// One bit a level, the innermost lowest: 1 for an object, 0 for an array.
    objects: u8,
    /// The innermost object or array has just been opened.
    fresh: bool,
}

impl<'b> Reader<'b> {
    pub fn new(buffer: &'b mut [u8]) -> Self {
        Self {
            buffer,
            at: 0,
            depth: 0,
            objects: 0,
            fresh: false,
        }
    }

    /// Octets read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    pub fn octets(&self, span: Span) -> &[u8] {
        let (_, rest) = self.buffer.split_at_checked(span.start).unwrap_or_default();
        rest.get(..span.len).unwrap_or_default()
    }

    /// Writes over octets that have been read already.
    pub fn put(&mut self, at: &mut usize, octet: u8) {
        if let Some(place) = self.buffer.get_mut(*at) {
            *place = octet;
        }
        *at = at.saturating_add(1);
    }

    /// Moves octets that have been read to the front, over others that have been read.
    pub fn put_span(&mut self, at: &mut usize, span: Span) {
        let end = span.start.saturating_add(span.len);
        if *at < span.start && end <= self.buffer.len() {
            self.buffer.copy_within(span.start..end, *at);
        }
        *at = at.saturating_add(span.len);
    }

    /// Reads the next value, or the opening bracket of an object or array.
    pub fn value(&mut self) -> Result<Value, DecodeError> {
        match self.peek() {
            b'"' => self.string().map(Value::Text),
            b'{' => self.open(true).map(|()| Value::Object),
            b'[' => self.open(false).map(|()| Value::Array),
            b'-' | b'0'..=b'9' => {
                let len = number_len(self.rest()).ok_or(self.fault(Expected::Digit))?;
                Ok(Value::Number(self.take(len)))
            }
            b't' if self.rest().starts_with(b"true") => Ok(Value::Boolean(self.take(4))),
            b'f' if self.rest().starts_with(b"false") => Ok(Value::Boolean(self.take(5))),
            b'n' if self.rest().starts_with(b"null") => {
                self.take(4);
                Ok(Value::Null)
            }
            _ => Err(self.fault(Expected::Value)),
        }
    }

    /// In an object: reads the next name and its colon. `None` closes the object.
    pub fn member(&mut self) -> Result<Option<Span>, DecodeError> {
        if !self.next(b'}')? {
            return Ok(None);
        }
        if self.peek() != b'"' {
            return Err(self.fault(Expected::Name));
        }
        let name = self.string()?;
        if self.peek() != b':' {
            return Err(self.fault(Expected::Colon));
        }
        self.take(1);
        Ok(Some(name))
    }

    /// In an array: whether there is one more value. `false` closes the array.
    pub fn element(&mut self) -> Result<bool, DecodeError> {
        self.next(b']')
    }

    /// Passes over the rest of a value that `value` has begun.
    pub fn skip(&mut self, value: Value) -> Result<(), DecodeError> {
        if !matches!(value, Value::Object | Value::Array) {
            return Ok(());
        }
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            let more = if self.objects & 1 == 1 {
                self.member()?.is_some()
            } else {
                self.element()?
            };
            if more {
                self.value()?;
            }
        }
        Ok(())
    }

    /// Makes sure that nothing follows.
    pub fn end(&mut self) -> Result<(), DecodeError> {
        self.peek();
        if self.rest().is_empty() {
            Ok(())
        } else {
            Err(self.fault(Expected::End))
        }
    }

    pub fn fault(&self, expected: Expected) -> DecodeError {
        DecodeError::Syntax {
            expected,
            at: self.at,
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Passes over white space and looks at the next octet; 0, which nothing begins with, at the end.
    fn peek(&mut self) -> u8 {
        loop {
            match self.buffer.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.take(1),
                Some(octet) => return *octet,
                None => return 0,
            };
        }
    }

    /// Steps over octets that have been looked at. What is inside a buffer cannot wrap.
    fn take(&mut self, len: usize) -> Span {
        let span = Span {
            start: self.at,
            len,
        };
        self.at = self.at.wrapping_add(len);
        span
    }

    fn open(&mut self, object: bool) -> Result<(), DecodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: self.at });
        }
        self.depth = self.depth.wrapping_add(1);
        self.objects = self.objects << 1 | u8::from(object);
        self.fresh = true;
        self.take(1);
        Ok(())
    }

    /// Steps over the comma to the next entry, or over the closing bracket: then `false`.
    fn next(&mut self, close: u8) -> Result<bool, DecodeError> {
        let next = self.peek();
        let first = core::mem::replace(&mut self.fresh, false);
        if next == close {
            self.take(1);
            self.depth = self.depth.saturating_sub(1);
            self.objects >>= 1;
            return Ok(false);
        }
        if !first {
            if next != b',' {
                return Err(self.fault(Expected::CommaOrEnd));
            }
            self.take(1);
        }
        Ok(true)
    }

    /// Reads a string whose opening quote is next. Most are plain and need no more than this.
    fn string(&mut self) -> Result<Span, DecodeError> {
        self.take(1);
        let start = self.at;
        let len = plain_len(self.rest());
        self.take(len);
        if self.rest().first() != Some(&b'"') {
            return self.unescaped_string(start);
        }
        self.take(1);
        Ok(Span { start, len })
    }

    /// Reads on in a string that began at `start` and has been plain so far, and unescapes it in place.
    fn unescaped_string(&mut self, start: usize) -> Result<Span, DecodeError> {
        let (mut end, mut wide) = (self.at, false);
        loop {
            match self.rest().first() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let character = self.escape()?;
                    for octet in character.encode_utf8(&mut [0; 4]).bytes() {
                        self.put(&mut end, octet);
                    }
                }
                Some(0x80..) => {
                    wide = true;
                    let beyond_ascii = self.take(wide_len(self.rest()));
                    self.put_span(&mut end, beyond_ascii);
                }
                _ => return Err(self.fault(Expected::Quote)),
            }
            let plain = self.take(plain_len(self.rest()));
            self.put_span(&mut end, plain);
        }
        self.take(1);
        let span = Span {
            start,
            len: end.saturating_sub(start),
        };
        if wide && core::str::from_utf8(self.octets(span)).is_err() {
            return Err(DecodeError::Syntax {
                expected: Expected::Utf8,
                at: start,
            });
        }
        Ok(span)
    }

    /// Reads an escape. The shortest is two octets for one, and `\u` six for up to three.
    fn escape(&mut self) -> Result<char, DecodeError> {
        let [_, kind, ..] = self.rest() else {
            return Err(self.fault(Expected::Escape));
        };
        let character = match kind {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(self.fault(Expected::Escape)),
        };
        self.take(2);
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, DecodeError> {
        let first = self.code_unit()?;
        if !(0xd800..0xe000).contains(&first) {
            return char::from_u32(first).ok_or(self.fault(Expected::SurrogatePair));
        }
        // A half that stands alone is no character.
        if first >= 0xdc00 || !self.rest().starts_with(b"\\u") {
            return Err(self.fault(Expected::SurrogatePair));
        }
        let second = self.code_unit()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(self.fault(Expected::SurrogatePair));
        }
        let point = 0x1_0000_u32.wrapping_add((first & 0x3ff) << 10 | second & 0x3ff);
        char::from_u32(point).ok_or(self.fault(Expected::SurrogatePair))
    }

    /// The four digits of `\uXXXX`.
    fn code_unit(&mut self) -> Result<u32, DecodeError> {
        let Some([_, _, digits @ ..]) = self.rest().first_chunk::<6>() else {
            return Err(self.fault(Expected::Escape));
        };
        let mut unit = 0;
        for digit in digits {
            let Some(digit) = char::from(*digit).to_digit(16) else {
                return Err(self.fault(Expected::Escape));
            };
            unit = unit << 4 | digit;
        }
        self.take(6);
        Ok(unit)
    }
}

/// The length of the number at the front.
fn number_len(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let mut rest = match rest.strip_prefix(b"0") {
        Some(rest) => rest,
        None => digits(rest)?,
    };
    if let Some(fraction) = rest.strip_prefix(b".") {
        rest = digits(fraction)?;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let [b'+' | b'-', unsigned @ ..] = exponent else {
            return remaining(text, digits(exponent)?);
        };
        rest = digits(unsigned)?;
    }
    remaining(text, rest)
}

/// Passes over one digit or more.
#[inline(never)]
fn digits(text: &[u8]) -> Option<&[u8]> {
    let len = text
        .iter()
        .position(|octet| !octet.is_ascii_digit())
        .unwrap_or(text.len());
    if len == 0 { None } else { text.get(len..) }
}

fn remaining(text: &[u8], rest: &[u8]) -> Option<usize> {
    text.len().checked_sub(rest.len())
}
