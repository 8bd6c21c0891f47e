//! From octets of the UART to lines, prompts and data.

use heapless::Vec;
use zeroize::Zeroize;

/// Longest line that is looked at, in octets. Of a longer one the rest is thrown away: the longest that matters has
/// an A-KID and a key.
const LINE: usize = 320;

/// What has been read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'r> {
    /// A line without its end; never empty.
    Line(&'r [u8]),
    /// The octet that asks for data.
    Prompt,
    /// One octet of data.
    Data(u8),
    /// The last octet of data.
    LastData(u8),
}

/// Collects octets.
pub(super) struct Reader {
    line: Vec<u8, LINE>,
    is_whole: bool,
    /// Octets of data that are still to come.
    data: usize,
}

impl Reader {
    pub(super) const fn new() -> Self {
        Self {
            line: Vec::new(),
            is_whole: false,
            data: 0,
        }
    }

    /// Forgets what has begun.
    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }

    /// The line that was whole last, or what has begun of the next.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Overwrites a whole line.
    pub(super) fn wipe(&mut self) {
        let _ = self.line.resize(LINE, 0);
        self.line.as_mut_slice().zeroize();
        self.line.clear();
    }

    /// Takes one octet. `prompt` is what asks for data, if something may now. `header` tells from the
    /// beginning of a line how much data follows it, if that is what it says.
    pub(super) fn take(
        &mut self,
        octet: u8,
        prompt: Option<u8>,
        header: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Option<Token<'_>> {
        if let Some(left) = self.data.checked_sub(1) {
            self.data = left;
            return Some(match left {
                0 => Token::LastData(octet),
                _ => Token::Data(octet),
            });
        }
        if core::mem::take(&mut self.is_whole) {
            self.line.clear();
        }
        match octet {
            b'\r' => return None,
            b'\n' => {}
            // Modems put a blank behind the prompt.
            b' ' if self.line.is_empty() => return None,
            _ if self.line.is_empty() && prompt == Some(octet) => return Some(Token::Prompt),
            _ => {
                // What does not fit is not needed.
                let _ = self.line.push(octet);
                if octet != b'"' {
                    return None;
                }
            }
        }
        // Data begins behind a line, or behind a quotation mark within it.
        if let Some(len) = header(&self.line) {
            self.line.clear();
            self.data = len;
            return None;
        }
        if octet != b'\n' || self.line.is_empty() {
            return None;
        }
        self.is_whole = true;
        Some(Token::Line(&self.line))
    }
}
