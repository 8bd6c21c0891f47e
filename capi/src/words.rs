//! Text made of pieces, without format strings: those lie in a section that linkers keep or drop as one, so a firmware
//! would pay for the words of functions that it never calls.

use core::ffi::c_char;

/// A piece of a text.
pub(crate) enum Word<'w> {
    /// As it stands.
    Text(&'w str),
    /// In decimal digits.
    Number(i64),
    /// 0x and two digits.
    Octet(u8),
}

impl Word<'_> {
    pub fn count(n: usize) -> Self {
        Self::Number(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

/// Room for a text of C that ends with 0.
pub(crate) struct Pen<'p> {
    room: &'p mut [c_char],
    len: usize,
}

impl<'p> Pen<'p> {
    /// The text is empty then.
    pub fn new(room: &'p mut [c_char]) -> Self {
        room.fill(0);
        Self { room, len: 0 }
    }

    /// Writes what there is room for.
    pub fn write(&mut self, words: &[Word<'_>]) {
        for word in words {
            match word {
                Word::Text(text) => self.text(text),
                Word::Number(number) => {
                    if *number < 0 {
                        self.octet(b'-');
                    }
                    self.digits(number.unsigned_abs(), 10, 1);
                }
                Word::Octet(octet) => {
                    self.text("0x");
                    self.digits((*octet).into(), 16, 2);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        for octet in text.bytes() {
            self.octet(octet);
        }
    }

    fn digits(&mut self, number: u64, base: u32, least: u32) {
        let base_wide = u64::from(base);
        let mut count = least;
        while count < 20
            && base_wide
                .checked_pow(count)
                .is_some_and(|all| number >= all)
        {
            count = count.saturating_add(1);
        }
        for place in (0..count).rev() {
            let digit = base_wide
                .checked_pow(place)
                .and_then(|unit| number.checked_div(unit))
                .and_then(|above| above.checked_rem(base_wide));
            let digit = digit.and_then(|digit| u32::try_from(digit).ok());
            let digit = digit.and_then(|digit| char::from_digit(digit, base));
            self.octet(
                digit
                    .and_then(|digit| u8::try_from(digit).ok())
                    .unwrap_or(b'?'),
            );
        }
    }

    fn octet(&mut self, octet: u8) {
        // The last one stays 0.
        let next = self.len.saturating_add(1);
        if next < self.room.len()
            && let Some(place) = self.room.get_mut(self.len)
        {
            *place = c_char::from_ne_bytes([octet]);
            self.len = next;
        }
    }
}
