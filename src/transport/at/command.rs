//! A command as it goes out: its text, and data in it or behind its prompt.

use heapless::String;

/// Longest text of a command, in octets: a host name has 253.
const TEXT: usize = 320;

/// What a dialect writes a command into. Commands end by themselves: no `\r` is to be written.
#[derive(Debug)]
pub struct Command {
    text: String<TEXT>,
    is_cut: bool,
    pub(super) form: Form,
    /// How long the answer may take, in milliseconds.
    pub(super) patience_ms: u32,
}

/// How data goes with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    None,
    /// As it is, when the modem has sent this octet.
    Prompt(u8),
    /// In hexadecimal digits in quotation marks at the end of the command.
    Hex,
}

impl Command {
    pub(super) const fn new() -> Self {
        Self {
            text: String::new(),
            is_cut: false,
            form: Form::None,
            patience_ms: 5_000,
        }
    }

    /// The answer may take this long, in milliseconds. Without a word: 5 s.
    pub fn patient(&mut self, ms: u32) -> &mut Self {
        self.patience_ms = ms;
        self
    }

    /// The data goes as it is, when the modem has asked for it with this octet.
    pub fn then_data_after(&mut self, prompt: u8) -> &mut Self {
        self.form = Form::Prompt(prompt);
        self
    }

    /// The data goes as hexadecimal digits in quotation marks at the end of the command.
    pub fn with_data_in_hex(&mut self) -> &mut Self {
        self.form = Form::Hex;
        self
    }

    /// Writes a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.is_cut |= self.text.push_str(text).is_err();
        self
    }

    /// Writes a number in decimal digits.
    pub fn number(&mut self, number: u32) -> &mut Self {
        let mut divisor = 1_000_000_000;
        let mut began = false;
        while let Some(digit) = number.checked_div(divisor) {
            let [digit, ..] = digit.checked_rem(10).unwrap_or(0).to_le_bytes();
            began |= digit != 0 || divisor == 1;
            if began {
                let octet = char::from(b'0'.saturating_add(digit));
                self.is_cut |= self.text.push(octet).is_err();
            }
            divisor /= 10;
        }
        self
    }

    /// Writes a text in quotation marks; one that has such a mark, or a control character, cannot be
    /// sent and makes the command fail.
    pub fn quoted(&mut self, text: &str) -> &mut Self {
        self.is_cut |= text.chars().any(|c| c == '"' || c.is_control());
        self.text("\"").text(text).text("\"")
    }

    pub(super) fn is_sendable(&self) -> bool {
        !self.is_cut && !self.text.is_empty()
    }

    pub(super) fn as_octets(&self) -> &[u8] {
        self.text.as_bytes()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts() {
        let mut command = Command::new();
        command.text("AT+X=").number(0).text(",").number(65401);
        command.text(",").number(u32::MAX).text(",").quoted("a.b");
        assert_eq!(command.as_octets(), b"AT+X=0,65401,4294967295,\"a.b\"");
        assert!(command.is_sendable());
        command.quoted("a\"b");
        assert!(!command.is_sendable());
        let mut long = Command::new();
        long.text(core::str::from_utf8(&[b'x'; TEXT]).unwrap());
        assert!(long.is_sendable());
        assert!(!long.number(1).is_sendable());
    }
}
