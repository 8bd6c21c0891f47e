//! XML 1.0 as far as a configuration document needs it: tags, text, references to characters.
//!
//! One pass, nothing kept, nothing expanded: what a document type could define is refused.

use super::{ConfigurationError, Expected};

/// Octets of the document, from the first to the one behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
}

/// The next piece of a document. Comments and processing instructions are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// The name in a start tag.
    Start(Span),
    /// The name in an empty-element tag.
    Empty(Span),
    /// The name in an end tag.
    End(Span),
    /// Text up to the next `<`, its references not yet replaced.
    Text(Span),
    /// The inside of a CDATA section, as it stands.
    Literal(Span),
    /// The end of the document.
    Nothing,
}

pub(super) struct Scanner<'d> {
    document: &'d mut [u8],
    at: usize,
}

impl<'d> Scanner<'d> {
    pub fn new(document: &'d mut [u8]) -> Self {
        let mut scanner = Self { document, at: 0 };
        scanner.pass("\u{feff}".as_bytes());
        scanner
    }

    pub fn position(&self) -> usize {
        self.at
    }

    pub fn octets(&self, span: Span) -> &[u8] {
        self.document.get(span.start..span.end).unwrap_or_default()
    }

    pub fn fault(&self, expected: Expected) -> ConfigurationError {
        ConfigurationError::Syntax {
            expected,
            at: self.at,
        }
    }

    pub fn token(&mut self) -> Result<Token, ConfigurationError> {
        loop {
            if self.pass(b"<!--") {
                self.up_to(b"-->", Expected::CommentEnd)?;
            } else if self.pass(b"<?") {
                self.up_to(b"?>", Expected::InstructionEnd)?;
            } else if self.pass(b"<![CDATA[") {
                return self.up_to(b"]]>", Expected::CdataEnd).map(Token::Literal);
            } else if self.rest().starts_with(b"<!") {
                return Err(ConfigurationError::DocumentType { at: self.at });
            } else if self.pass(b"</") {
                let name = self.name()?;
                self.white_space();
                return self.tag_end().map(|()| Token::End(name));
            } else if self.pass(b"<") {
                return self.start_tag();
            } else if self.rest().is_empty() {
                return Ok(Token::Nothing);
            } else {
                return Ok(Token::Text(self.take_until(|octet| octet == b'<')));
            }
        }
    }

    /// Moves text to `to`, which it does not reach behind, and replaces its references. Tells
    /// where it ends there.
    pub fn put_text(&mut self, text: Span, to: usize) -> Result<usize, ConfigurationError> {
        let (mut from, mut to) = (text.start, to);
        while let Some(octet) = self
            .octets(Span {
                start: from,
                ..text
            })
            .first()
        {
            if *octet != b'&' {
                self.put(&mut to, *octet);
                from = from.saturating_add(1);
                continue;
            }
            let reference = self.octets(Span {
                start: from,
                ..text
            });
            let Some((character, len)) = character(reference) else {
                return Err(ConfigurationError::Syntax {
                    expected: Expected::Reference,
                    at: from,
                });
            };
            // The shortest reference to a character is longer than the character.
            for octet in character.encode_utf8(&mut [0; 4]).bytes() {
                self.put(&mut to, octet);
            }
            from = from.saturating_add(len);
        }
        Ok(to)
    }

    /// Moves octets to `to`, which they do not reach behind. Tells where they end there.
    pub fn put_literal(&mut self, text: Span, to: usize) -> usize {
        if to < text.start && text.end <= self.document.len() {
            self.document.copy_within(text.start..text.end, to);
        }
        to.saturating_add(text.end.saturating_sub(text.start))
    }

    fn put(&mut self, to: &mut usize, octet: u8) {
        if let Some(place) = self.document.get_mut(*to) {
            *place = octet;
        }
        *to = to.saturating_add(1);
    }

    /// Reads the rest of a start tag. Attributes are looked at as far as finding their ends needs.
    fn start_tag(&mut self) -> Result<Token, ConfigurationError> {
        let name = self.name()?;
        loop {
            let is_apart = self.white_space();
            if self.pass(b"/") {
                return self.tag_end().map(|()| Token::Empty(name));
            }
            if self.rest().first() == Some(&b'>') {
                return self.tag_end().map(|()| Token::Start(name));
            }
            if !is_apart {
                return Err(self.fault(Expected::TagEnd));
            }
            self.name()?;
            self.white_space();
            if !self.pass(b"=") {
                return Err(self.fault(Expected::Equals));
            }
            self.white_space();
            self.attribute_value()?;
        }
    }

    fn attribute_value(&mut self) -> Result<(), ConfigurationError> {
        let quote = match self.rest().first() {
            Some(quote @ (b'"' | b'\'')) => *quote,
            _ => return Err(self.fault(Expected::Quote)),
        };
        self.pass(&[quote]);
        self.take_until(|octet| octet == quote || octet == b'<');
        if self.pass(&[quote]) {
            Ok(())
        } else {
            Err(self.fault(Expected::Quote))
        }
    }

    fn tag_end(&mut self) -> Result<(), ConfigurationError> {
        if self.pass(b">") {
            Ok(())
        } else {
            Err(self.fault(Expected::TagEnd))
        }
    }

    fn name(&mut self) -> Result<Span, ConfigurationError> {
        let name = self.take_until(|octet| octet <= b' ' || b"/><=\"'&".contains(&octet));
        if name.start == name.end {
            return Err(self.fault(Expected::Name));
        }
        Ok(name)
    }

    /// Passes over white space; whether there was some.
    fn white_space(&mut self) -> bool {
        let space = self.take_until(|octet| !is_space(octet));
        space.start < space.end
    }

    fn rest(&self) -> &[u8] {
        self.document.get(self.at..).unwrap_or_default()
    }

    fn pass(&mut self, octets: &[u8]) -> bool {
        let is_here = self.rest().starts_with(octets);
        if is_here {
            self.at = self.at.saturating_add(octets.len());
        }
        is_here
    }

    /// Passes over what comes before `end`, and over `end` itself.
    fn up_to(&mut self, end: &[u8], expected: Expected) -> Result<Span, ConfigurationError> {
        let found = self
            .rest()
            .windows(end.len())
            .position(|octets| octets == end);
        let len = found.ok_or(self.fault(expected))?;
        let span = Span {
            start: self.at,
            end: self.at.saturating_add(len),
        };
        self.at = span.end.saturating_add(end.len());
        Ok(span)
    }

    fn take_until(&mut self, is_end: impl Fn(u8) -> bool) -> Span {
        let rest = self.rest();
        let len = rest.iter().position(|octet| is_end(*octet));
        let span = Span {
            start: self.at,
            end: self.at.saturating_add(len.unwrap_or(rest.len())),
        };
        self.at = span.end;
        span
    }
}

/// What XML calls white space.
pub(super) const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\n' | b'\r')
}

/// The character that a reference at the front stands for, and the length of the reference.
fn character(text: &[u8]) -> Option<(char, usize)> {
    const NAMED: [(&[u8], char); 5] = [
        (b"&amp;", '&'),
        (b"&lt;", '<'),
        (b"&gt;", '>'),
        (b"&quot;", '"'),
        (b"&apos;", '\''),
    ];
    if let Some((name, character)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*character, name.len()));
    }
    let (digits, radix, before) = match text {
        [b'&', b'#', b'x', digits @ ..] => (digits, 16, 3usize),
        [b'&', b'#', digits @ ..] => (digits, 10, 2),
        _ => return None,
    };
    let mut number = 0u32;
    let mut len = 0usize;
    for octet in digits {
        if *octet == b';' && len > 0 {
            let character = char::from_u32(number).filter(|character| *character != '\0')?;
            return Some((character, before.saturating_add(len).saturating_add(1)));
        }
        let digit = char::from(*octet).to_digit(radix)?;
        number = number.checked_mul(radix)?.checked_add(digit)?;
        len = len.saturating_add(1);
    }
    None
}
