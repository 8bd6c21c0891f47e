//! JSON out: canonical names, no white space, and the exact size when the buffer is too small.
//!
//! The small functions are kept out of line on purpose: inlined into every message they cost 2 kB of flash.

use super::{
    Element, EncodeError, List, MessageType,
    fold::word_for,
    octets::{plain_len, wide_len},
    wire::{self, Member},
};

pub(super) struct Writer<'o> {
    out: &'o mut [u8],
    /// Octets so far, those that found no room counted too.
    len: usize,
    /// The innermost object or array has no entry yet.
    fresh: bool,
}

impl<'o> Writer<'o> {
    /// Begins a message without a head: an answer that its token alone identifies.
    pub fn answer(out: &'o mut [u8]) -> Self {
        let mut writer = Self {
            out,
            len: 0,
            fresh: true,
        };
        writer.put(b"{");
        writer
    }

    /// Begins a message with the two members that every request has.
    pub fn request(out: &'o mut [u8], service: &str, kind: MessageType) -> Self {
        let mut writer = Self::answer(out);
        writer.text(Member::Service, service);
        writer.text(Member::MessageType, word_for(wire::MESSAGE_TYPES, &kind));
        writer
    }

    /// Ends the message and tells its length in octets.
    pub fn finish(mut self) -> Result<usize, EncodeError> {
        self.put(b"}");
        if self.len <= self.out.len() {
            Ok(self.len)
        } else {
            Err(EncodeError::BufferTooSmall { needed: self.len })
        }
    }

    #[inline(never)]
    pub fn text(&mut self, member: Member, text: &str) {
        self.name(member);
        self.quoted(text);
    }

    #[inline(never)]
    pub fn optional_text(&mut self, member: Member, text: Option<&str>) {
        if let Some(text) = text {
            self.text(member, text);
        }
    }

    #[inline(never)]
    pub fn integer(&mut self, member: Member, number: u32) {
        self.name(member);
        self.number(number);
    }

    #[inline(never)]
    pub fn optional_integer(&mut self, member: Member, number: Option<u32>) {
        if let Some(number) = number {
            self.integer(member, number);
        }
    }

    #[inline(never)]
    pub fn boolean(&mut self, member: Member, value: bool) {
        self.name(member);
        self.put(if value { b"true" } else { b"false" });
    }

    pub fn optional_boolean(&mut self, member: Member, value: Option<bool>) {
        if let Some(value) = value {
            self.boolean(member, value);
        }
    }

    /// Opens an object that is a member; `end_object` closes it.
    #[inline(never)]
    pub fn object(&mut self, member: Member) {
        self.name(member);
        self.open(b"{");
    }

    /// An object that is a member, unless `write` puts nothing into it.
    #[inline(never)]
    pub fn optional_object(&mut self, member: Member, write: &mut dyn FnMut(&mut Self)) {
        let before = (self.len, self.fresh);
        self.object(member);
        let empty = self.len;
        write(self);
        if self.len == empty {
            (self.len, self.fresh) = before;
        } else {
            self.end_object();
        }
    }

    /// Opens an array that is a member; `end_array` closes it.
    #[inline(never)]
    pub fn array(&mut self, member: Member) {
        self.name(member);
        self.open(b"[");
    }

    /// Writes the two members of a list: how many items it has, and the items.
    pub fn items<'a, T: Element<'a>>(
        &mut self,
        number: Member,
        list: Member,
        items: List<'a, T>,
        write: impl Fn(&T, &mut Self),
    ) {
        self.integer(number, u32::try_from(items.len()).unwrap_or(u32::MAX));
        self.array(list);
        for item in items {
            self.element_object();
            write(&item, self);
            self.end_object();
        }
        self.end_array();
    }

    /// Opens an object in an array; `end_object` closes it.
    pub fn element_object(&mut self) {
        self.comma();
        self.open(b"{");
    }

    pub fn element_text(&mut self, text: &str) {
        self.comma();
        self.quoted(text);
    }

    pub fn element_integer(&mut self, number: u32) {
        self.comma();
        self.number(number);
    }

    pub fn end_object(&mut self) {
        self.close(b"}");
    }

    pub fn end_array(&mut self) {
        self.close(b"]");
    }

    #[inline(never)]
    fn name(&mut self, member: Member) {
        self.comma();
        self.put(b"\"");
        self.put(member.name().as_bytes());
        self.put(b"\":");
    }

    fn comma(&mut self) {
        if !core::mem::replace(&mut self.fresh, false) {
            self.put(b",");
        }
    }

    fn open(&mut self, bracket: &[u8]) {
        self.put(bracket);
        self.fresh = true;
    }

    #[inline(never)]
    fn close(&mut self, bracket: &[u8]) {
        self.put(bracket);
        self.fresh = false;
    }

    #[inline(never)]
    fn quoted(&mut self, text: &str) {
        self.put(b"\"");
        let mut rest = text.as_bytes();
        loop {
            let plain = plain_len(rest);
            let (run, tail) = rest.split_at_checked(plain).unwrap_or_default();
            self.put(run);
            rest = match tail {
                [] => break,
                [octet, tail @ ..] if octet.is_ascii() => {
                    self.escaped(*octet);
                    tail
                }
                // What is beyond ASCII goes out as it is.
                _ => {
                    let (run, tail) = tail.split_at_checked(wide_len(tail)).unwrap_or_default();
                    self.put(run);
                    tail
                }
            };
        }
        self.put(b"\"");
    }

    fn escaped(&mut self, octet: u8) {
        let short = match octet {
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            b'"' | b'\\' => octet,
            control => {
                return self.put(&[
                    b'\\',
                    b'u',
                    b'0',
                    b'0',
                    hex(control >> 4),
                    hex(control & 15),
                ]);
            }
        };
        self.put(&[b'\\', short]);
    }

    fn number(&mut self, number: u32) {
        decimal(number, &mut |octet| self.put(&[octet]));
    }

    #[inline(never)]
    fn put(&mut self, octets: &[u8]) {
        let end = self.len.saturating_add(octets.len());
        if let Some(place) = self.out.get_mut(self.len..end) {
            place.copy_from_slice(octets);
        }
        self.len = end;
    }
}

/// Members that have no place in the table of MSGin5G-1.
#[cfg(feature = "msgin5g-5")]
impl Writer<'_> {
    pub fn named_text(&mut self, name: &str, text: &str) {
        self.comma();
        self.quoted(name);
        self.put(b":");
        self.quoted(text);
    }

    /// true or false.
    pub fn named_word(&mut self, name: &str, word: &str) {
        self.comma();
        self.quoted(name);
        self.put(b":");
        self.put(word.as_bytes());
    }
}

/// Hands over the decimal digits of a number, the first one first.
#[inline(never)]
pub(super) fn decimal(number: u32, put: &mut dyn FnMut(u8)) {
    let mut digits = [0; 10];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        let [low, ..] = (rest % 10).to_le_bytes();
        *digit = low;
        rest /= 10;
    }
    let zeros = digits
        .iter()
        .take_while(|digit| **digit == 0)
        .count()
        .min(9);
    for digit in digits.iter().skip(zeros) {
        put(b'0' | digit);
    }
}

/// A lower-case hexadecimal digit.
pub(super) const fn hex(nibble: u8) -> u8 {
    match nibble {
        0..10 => b'0' | nibble,
        _ => b'a'.wrapping_add(nibble).wrapping_sub(10),
    }
}
