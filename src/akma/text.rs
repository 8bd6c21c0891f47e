//! Small text tools: a bounded string that knows how much it lacked, hex, and
//! the one base64url that an A-KID form asks for.

/// Text of at most `N` octets, built from pieces. It counts what was asked of
/// it, so that an error can say how much room was missing.
pub(super) struct Text<const N: usize> {
    held: heapless::String<N>,
    needed: usize,
}

impl<const N: usize> Text<N> {
    pub(super) const fn new() -> Self {
        Self {
            held: heapless::String::new(),
            needed: 0,
        }
    }

    pub(super) fn push(&mut self, piece: &str) {
        self.needed = self.needed.saturating_add(piece.len());
        // A piece that does not fit is seen in `finish`.
        let _ = self.held.push_str(piece);
    }

    pub(super) fn push_ascii(&mut self, octet: u8) {
        self.needed = self.needed.saturating_add(1);
        let _ = self.held.push(char::from(octet));
    }

    /// Lower-case hexadecimal digits, two an octet.
    pub(super) fn push_hex(&mut self, octets: &[u8]) {
        for octet in octets {
            self.push_ascii(hex_digit(octet >> 4));
            self.push_ascii(hex_digit(octet & 0x0F));
        }
    }

    /// RFC 4648 clause 5, without padding. Twenty lines of our own and not a
    /// dependency: it encodes 32 public octets, in one form of the A-KID.
    pub(super) fn push_base64url(&mut self, octets: &[u8]) {
        for chunk in octets.chunks(3) {
            let mut group = 0_u32;
            for position in 0..3 {
                let octet = chunk.get(position).copied();
                group = (group << 8) | octet.map_or(0, u32::from);
            }
            let digits = chunk.len().saturating_add(1);
            for shift in [18_u32, 12, 6, 0].into_iter().take(digits) {
                let [.., low] = (group >> shift).to_be_bytes();
                self.push_ascii(base64url_digit(low & 0x3F));
            }
        }
    }

    /// The text, or the number of octets that it would have needed.
    pub(super) fn finish(self) -> Result<heapless::String<N>, usize> {
        match self.needed <= N {
            true => Ok(self.held),
            false => Err(self.needed),
        }
    }
}

pub(super) fn is_digits(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_digit())
}

pub(super) fn is_hex(octets: &[u8]) -> bool {
    octets.iter().all(u8::is_ascii_hexdigit)
}

/// What no identifier holds: spaces, control characters (a modem's line end)
/// and quotes (a modem's string delimiters).
pub(super) fn is_clean(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '"')
}

/// `user@realm` with exactly one `@` and both sides there (RFC 7542 2.2).
pub(super) fn split_nai(text: &str) -> Option<(&str, &str)> {
    let (user, realm) = text.split_once('@')?;
    let whole = !user.is_empty() && !realm.is_empty() && !realm.contains('@');
    (whole && is_clean(text)).then_some((user, realm))
}

/// False unless `digits` is exactly as many hexadecimal digits as `out` holds.
pub(super) fn decode_hex(digits: &str, out: &mut [u8]) -> bool {
    let digits = digits.as_bytes();
    if digits.len() != out.len().saturating_mul(2) || !is_hex(digits) {
        return false;
    }
    for (octet, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        *octet = pair
            .iter()
            .fold(0, |octet, digit| (octet << 4) | hex_value(*digit));
    }
    true
}

/// The value of an ASCII hexadecimal digit; meaningless for other octets.
fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit.wrapping_sub(b'0'),
        _ => (digit | 0x20).wrapping_sub(b'a').wrapping_add(10),
    }
}

fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => nibble.wrapping_add(b'0'),
        _ => nibble.wrapping_sub(10).wrapping_add(b'a'),
    }
}

fn base64url_digit(value: u8) -> u8 {
    match value {
        0..=25 => value.wrapping_add(b'A'),
        26..=51 => value.wrapping_sub(26).wrapping_add(b'a'),
        52..=61 => value.wrapping_sub(52).wrapping_add(b'0'),
        62 => b'-',
        _ => b'_',
    }
}
