//! Hexadecimal and base64url, each in a few lines.

/// Lower-case hexadecimal.
pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads hexadecimal of any length.
pub fn unhex(s: &str) -> Option<Vec<u8>> {
    if !s.len().is_multiple_of(2) || !s.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    s.as_bytes()
        .chunks(2)
        .map(|pair| {
            std::str::from_utf8(pair)
                .ok()
                .and_then(|p| u8::from_str_radix(p, 16).ok())
        })
        .collect()
}

/// Reads hexadecimal of exactly `N` octets; the error says what was expected.
pub fn unhex_exact<const N: usize>(s: &str) -> Result<[u8; N], String> {
    unhex(s)
        .and_then(|octets| octets.try_into().ok())
        .ok_or_else(|| format!("expected {} hexadecimal digits, got {}", N * 2, s.len()))
}

/// base64url without padding (RFC 4648 section 5).
pub fn base64url(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in octets.chunks(3) {
        let word =
            chunk.iter().fold(0u32, |word, b| word << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(word >> (18 - 6 * i)) as usize & 0x3f]));
        }
    }
    out
}

/// The first octets of an identity, enough to tell two apart in a log and no more.
pub fn shortened(identity: &str) -> String {
    let head: String = identity.chars().take(14).collect();
    if head.len() < identity.len() {
        format!("{head}..")
    } else {
        head
    }
}

/// Where to cut so that at most `octets` stay in front, at the border of a character.
pub fn cut_at(text: &str, octets: usize) -> usize {
    let most = octets.min(text.len());
    (0..=most)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}
